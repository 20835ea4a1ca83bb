import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { handlerName, type HandlerName } from './handler-name.ts';
import { namedError } from './named-error.ts';

/** A function that Lambda can call. */
export type LambdaFunction = (...args: never[]) => unknown;

/** In the order in which Lambda looks for them. */
const EXTENSIONS: readonly string[] = ['', '.js', '.mjs', '.cjs'];

const require = createRequire(import.meta.url);

const loadModule = async (root: string, { folder, module }: HandlerName): Promise<unknown> => {
  const path = resolve(root, folder, module);
  const file = EXTENSIONS.map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (file !== undefined) return import(pathToFileURL(file).href);
  // A package in the function's `node_modules` or in a layer. Not found, Lambda reports this error as `Runtime.ImportModuleError`.
  return require(require.resolve(module, { paths: [root, join(root, folder)] }));
};

const within = (outer: unknown, path: readonly string[]): unknown =>
  path.reduce((inner, name) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[name], outer);

/**
 * Loads the function that a handler names, from the files and in the order in which the runtimes of Lambda do.
 *
 * Source: `aws-lambda-ric` 3.3.0 and 4.0.2.
 *
 * @param root `LAMBDA_TASK_ROOT`.
 * @throws what Lambda would report: what the module throws, or an error named `Runtime.HandlerNotFound` or
 *   `Runtime.MalformedHandlerName`. Syntax errors and missing modules are named by the runtime itself.
 */
export const loadHandler = async (root: string, whole: string): Promise<LambdaFunction> => {
  const name = handlerName(whole);
  const module = await loadModule(root, name);
  // What a CommonJS module exports is the default export of the module that is imported in its place.
  const found = within(module, name.path) ?? within((module as { readonly default?: unknown }).default, name.path);
  if (typeof found === 'function') return found as LambdaFunction;
  const why = found === undefined || found === null ? 'is undefined or not exported' : 'is not a function';
  throw namedError('Runtime.HandlerNotFound', `${whole} ${why}`);
};
