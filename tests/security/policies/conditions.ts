import { listOf, type Statement } from './policy.ts';
import { isArn, isLike } from './wildcards.ts';

/** What is known of a request: `s3:ResourceAccount`, `aws:SourceArn`. Names in any case, as in policies. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

type Compare = (found: string, wanted: string) => boolean;

/** A negation is the operator without `Not`. */
const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (found, wanted) => found === wanted,
  StringEqualsIgnoreCase: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  StringLike: isLike,
  ArnEquals: isArn,
  ArnLike: isArn,
  Bool: (found, wanted) => found.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (found, wanted) => Number(found) === Number(wanted),
  NumericLessThan: (found, wanted) => Number(found) < Number(wanted),
  NumericLessThanEquals: (found, wanted) => Number(found) <= Number(wanted),
  NumericGreaterThan: (found, wanted) => Number(found) > Number(wanted),
  NumericGreaterThanEquals: (found, wanted) => Number(found) >= Number(wanted),
};

interface Operator {
  readonly compare: Compare;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: 'ForAnyValue' | 'ForAllValues' | undefined;
}

const operatorOf = (text: string): Operator => {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const negated = /^(String|Arn|Numeric)Not/.test(name);
  const compare = COMPARISONS[name.replace(/^(String|Arn|Numeric)Not/, '$1')];
  if (compare === undefined) throw new Error(`a condition with ${text}, which nobody here can evaluate`);
  return { compare, negated, ifExists: ifExists !== undefined, set: set as Operator['set'] };
};

const valuesOf = (key: string, context: Context): readonly string[] | undefined => {
  const name = Object.keys(context).find((known) => known.toLowerCase() === key.toLowerCase());
  const value = name === undefined ? undefined : context[name];
  return value === undefined ? undefined : listOf(value);
};

const VARIABLE = /\$\{([^*?$}][^}]*)\}/g;

/** `${aws:PrincipalAccount}` stands for what is known of the request; what is not known matches nothing. */
const withVariables = (wanted: string, context: Context): string | undefined => {
  const names = [...wanted.matchAll(VARIABLE)].map(([, name = '']) => name);
  if (names.some((name) => valuesOf(name, context)?.length !== 1)) return undefined;
  return wanted.replace(VARIABLE, (_, name: string) => valuesOf(name, context)?.[0] ?? '');
};

const isMet = (operator: Operator, found: readonly string[], wanted: readonly string[]): boolean => {
  const { compare, negated, set } = operator;
  const one = (value: string): boolean => wanted.some((like) => compare(value, like)) !== negated;
  return set === 'ForAllValues' ? found.every(one) : found.some(one);
};

const isKeyMet = (name: string, key: string, values: readonly string[], context: Context): boolean => {
  const found = valuesOf(key, context);
  if (name === 'Null') return values.some((value) => (value === 'true') === (found === undefined));
  const operator = operatorOf(name);
  const wanted = values.map((value) => withVariables(value, context)).filter((value) => value !== undefined);
  // What is not there is not equal to anything, and a set of nothing is in every set.
  if (found === undefined) return operator.ifExists || operator.negated || operator.set === 'ForAllValues';
  return isMet(operator, found, wanted);
};

/** Whether all conditions of a statement hold: every operator, every key of it, any value of that. */
export const conditionsHold = ({ Condition = {} }: Statement, context: Context): boolean =>
  Object.entries(Condition).every(([name, keys]) =>
    Object.entries(keys).every(([key, values]) => isKeyMet(name, key, listOf(values).map(String), context)),
  );
