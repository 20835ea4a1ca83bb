import { basename, join } from 'node:path';
import { namedError } from './named-error.ts';

/** A configured handler, taken apart. */
export interface HandlerName {
  /** As it was configured. */
  readonly whole: string;
  /** Of the module, relative or absolute; may be empty. */
  readonly folder: string;
  /** The module, without its extension. */
  readonly module: string;
  /** Where in the module the function is, from the outside in. */
  readonly path: readonly string[];
}

/**
 * Takes a handler such as `src/app.routes.get` apart as the runtimes of Lambda do: what comes after the first dot of the last part is
 * inside the module.
 *
 * Source: `aws-lambda-ric` 3.3.0 and 4.0.2.
 *
 * @throws what Lambda reports: an error named `Runtime.MalformedHandlerName`.
 */
export const handlerName = (whole: string): HandlerName => {
  if (whole.includes('..')) {
    const why = `'${whole}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw namedError('Runtime.MalformedHandlerName', why);
  }
  const last = basename(whole);
  const dot = last.indexOf('.');
  if (dot < 0) throw namedError('Runtime.MalformedHandlerName', 'Bad handler');
  const folder = whole.slice(0, whole.indexOf(last));
  return { whole, folder: join(folder, '.'), module: last.slice(0, dot), path: last.slice(dot + 1).split('.') };
};
