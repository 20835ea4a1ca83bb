/** Resources of a template by logical id. */
export type Resources = Readonly<
  Record<
    string,
    { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>; readonly DependsOn?: unknown }
  >
>;

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** A logical id without the names of the constructs around it and without the hash. */
const shortId = (id: string): string => id.replace(/^Telemetry/, '').replace(/[0-9A-F]{8}$/, '');

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join('');
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return shortId(Ref);
  if (Array.isArray(attribute)) return shortId(String(attribute[0]));
  return Array.isArray(join) ? textOf(join[1]) : JSON.stringify(value);
};

const lineOf = ({ Sid, Effect, Action, Resource, Condition = {} }: Statement): string => {
  const conditions = Object.values(Condition).flatMap((test) => Object.keys(test));
  const resources = [Resource].flat().map(textOf).join(', ');
  const condition = conditions.length === 0 ? '' : ` if ${conditions.join(', ')}`;
  return `${Sid ?? 'without Sid:'} ${Effect} ${[Action].flat().join(', ')} on ${resources}${condition}`;
};

/** Every statement of the roles and policies whose ids match, a line each, by the short id of its holder. */
export const statementsOf = (resources: Resources, ids: RegExp): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>();
  for (const [id, { Type, Properties = {} }] of Object.entries(resources)) {
    if (!ids.test(id) || !/^AWS::IAM::/.test(Type)) continue;
    const policies = (Properties['Policies'] ?? [Properties]) as readonly Policy[];
    const lines = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(lineOf));
    const managed = (Properties['ManagedPolicyArns'] ?? []) as readonly unknown[];
    found.set(shortId(id), [...lines, ...managed.map((arn) => `managed ${textOf(arn)}`)]);
  }
  return found;
};

/** How many resources there are of each type, of those whose ids match. */
export const typesOf = (resources: Resources, ids: RegExp): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const [id, { Type }] of Object.entries(resources)) if (ids.test(id)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
};
