/** A policy document of IAM, as far as this project writes any: identity policies of roles, policies of functions and buckets. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

export type OneOrMore<T> = T | readonly T[];

/** Who a statement of a resource's policy is about. */
export type Principal = '*' | Readonly<Record<string, OneOrMore<string>>>;

/** One statement; either `Action` or `NotAction`, either `Resource` or `NotResource` (a role's trust has neither). */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly Action?: OneOrMore<string>;
  readonly NotAction?: OneOrMore<string>;
  readonly Resource?: OneOrMore<string>;
  readonly NotResource?: OneOrMore<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore<string | boolean | number>>>>>;
}

const KNOWN = new Set([
  ...['Sid', 'Effect', 'Principal', 'Action', 'NotAction'],
  ...['Resource', 'NotResource', 'Condition'],
]);

export const listOf = <T>(value: OneOrMore<T> | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** The statements of a document. @throws {Error} for an element that this evaluator does not know: it must not be ignored. */
export const statementsOf = (document: PolicyDocument): readonly Statement[] => {
  const statements = listOf(document.Statement);
  for (const statement of statements) {
    const unknown = Object.keys(statement).find((name) => !KNOWN.has(name));
    if (unknown !== undefined) throw new Error(`a statement with ${unknown}, which nobody here can evaluate`);
  }
  return statements;
};
