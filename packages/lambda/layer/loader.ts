/**
 * What Lambda loads in place of the function's handler: it loads that, and exports it traced. Whatever goes wrong with tracing, the
 * function runs; whatever goes wrong with the function is reported as without us.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Instrumentation } from './instrument.ts';
import { type LambdaFunction, loadHandler } from './load-handler.ts';
import { namedError } from './named-error.ts';

/** What the configured handler was; `otlp-handler` sets it. */
const VARIABLE = 'OTLP_LAMBDA_HANDLER';

/** A module to be loaded before the function's, as the function would name it. */
const IMPORT = 'OTLP_LAMBDA_IMPORT';

const warn = (what: string, error: unknown): void => {
  const [line] = String(error).split('\n');
  console.warn(`otlp-handler: ${what}: ${line ?? ''}`);
};
const untraced = (error: unknown): void => warn('the function is not traced', error);

const start = async (): Promise<Instrumentation | undefined> => {
  try {
    const { startInstrumentation } = await import('./instrument.ts');
    return startInstrumentation();
  } catch (error) {
    untraced(error);
    return undefined;
  }
};

const traced = (instrumentation: Instrumentation, handler: LambdaFunction): LambdaFunction => {
  try {
    return instrumentation.instrument(handler);
  } catch (error) {
    untraced(error);
    return handler;
  }
};

/** Loads what is to be there before the function: instrumentation libraries, which find their provider then. */
const loadFirst = async (root: string, name: string): Promise<void> => {
  try {
    await import(pathToFileURL(createRequire(join(root, 'index.js')).resolve(name)).href);
  } catch (error) {
    warn(`${name} of ${IMPORT} cannot be loaded`, error);
  }
};

const load = async (): Promise<LambdaFunction> => {
  const { [VARIABLE]: configured, [IMPORT]: first, LAMBDA_TASK_ROOT: root = process.cwd() } = process.env;
  if (configured === undefined) {
    throw namedError(
      'Runtime.MalformedHandlerName',
      `${VARIABLE} must name the function's handler: otlp-handler sets it`,
    );
  }
  // The function finds its environment as it was.
  process.env['_HANDLER'] = configured;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
  delete process.env[VARIABLE];
  const instrumentation = await start();
  if (instrumentation !== undefined && first !== undefined && first !== '') await loadFirst(root, first);
  const handler = await loadHandler(root, configured);
  return instrumentation === undefined ? handler : traced(instrumentation, handler);
};

/** Called by the runtime of Lambda. */
export const handler: LambdaFunction = await load();
