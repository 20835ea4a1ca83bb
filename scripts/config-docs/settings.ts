import { getDescription, getTitle } from 'valibot';

/** A row of the reference page. */
export interface Setting {
  readonly path: string;
  readonly type: string;
  /** The default, `required`, or `none`. */
  readonly otherwise: string;
  readonly meaning: string;
}

/** The parts of a Valibot schema that this page is made of; a pipe holds schemas and checks. */
interface Node {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly wrapped?: Node;
  readonly item?: Node;
  readonly pipe?: readonly Node[];
}

const find = <T>(node: Node, get: (node: Node) => T | undefined): T | undefined => {
  const own = get(node);
  if (own !== undefined) return own;
  for (const part of node.pipe ?? []) {
    const found = part === node ? undefined : find(part, get);
    if (found !== undefined) return found;
  }
  return undefined;
};

const unwrap = (node: Node): Node => (node.wrapped === undefined ? node : unwrap(node.wrapped));
const isOptional = ({ type }: Node): boolean => type === 'exact_optional';
const DEFAULT = /\s*Default:? (.+?)\.$/;

/** What a schema says of itself. */
export const summaryOf = (schema: unknown): string => {
  const description = getDescription(schema as Parameters<typeof getDescription>[0]);
  if (description === undefined) throw new Error('a schema without a description');
  return description;
};

const settingOf = (path: string, node: Node): Setting => {
  const schema = unwrap(node);
  const description = summaryOf(schema);
  const isSection = find(schema, ({ entries }) => entries) !== undefined;
  const type = getTitle(schema as Parameters<typeof getTitle>[0]) ?? (isSection ? 'mapping' : undefined);
  if (type === undefined) throw new Error(`${path} has neither title nor settings`);
  const otherwise = DEFAULT.exec(description)?.[1] ?? (isOptional(node) ? 'none' : 'required');
  return { path, type, otherwise, meaning: description.replace(DEFAULT, '') };
};

/** Every setting below a schema, sections before what is in them; `[]` stands for the members of a list. */
export const settingsOf = (schema: unknown, below: string = ''): readonly Setting[] => {
  const node = schema as Node;
  const entries = find(node, (part) => part.entries) ?? {};
  return Object.entries(entries).flatMap(([name, entry]) => {
    const path = `${below}${name}`;
    const inner = unwrap(entry);
    const item = find(inner, (part) => part.item);
    const ofItems = item === undefined ? [] : settingsOf(item, `${path}[].`);
    return [settingOf(path, entry), ...settingsOf(inner, `${path}.`), ...ofItems];
  });
};
