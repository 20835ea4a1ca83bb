/** A function as people name it: its name, its ARN, or the part of it from the account on; with a version or alias or without. */
const FUNCTION = /^(?:arn:[\w-]+:lambda:[a-z0-9-]+:)?(?:(\d{12}):function:)?([^:]*)/;

/** The account in the name of a function, where there is one. */
export const accountIn = (name: string): string | undefined => FUNCTION.exec(name)?.[1];

/** The name alone. */
export const shortName = (name: string): string => FUNCTION.exec(name)?.[2] ?? name;

/** The Region in the ARN of a function or stack. */
export const regionIn = (name: string): string | undefined =>
  /^arn:[\w-]+:(?:lambda|cloudformation):([a-z0-9-]+):/.exec(name)?.[1];
