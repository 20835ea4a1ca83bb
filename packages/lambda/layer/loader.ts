/**
 * What Lambda loads in place of the function's handler: it loads that, and exports it traced. Whatever goes wrong with tracing, the
 * function runs; whatever goes wrong with the function is reported as without us.
 */
import type { Instrumentation } from './instrument.ts';
import { type LambdaFunction, loadHandler } from './load-handler.ts';
import { namedError } from './named-error.ts';

/** What the configured handler was; `otlp-handler` sets it. */
const VARIABLE = 'OTLP_LAMBDA_HANDLER';

const untraced = (error: unknown): void => {
  const [line] = String(error).split('\n');
  console.warn(`otlp-handler: the function is not traced: ${line ?? ''}`);
};

const start = async (): Promise<Instrumentation | undefined> => {
  try {
    const { startInstrumentation } = await import('./instrument.ts');
    return startInstrumentation();
  } catch (error) {
    untraced(error);
    return undefined;
  }
};

const traced = async (instrumentation: Instrumentation, handler: LambdaFunction): Promise<LambdaFunction> => {
  try {
    await instrumentation.ready;
    return instrumentation.instrument(handler);
  } catch (error) {
    untraced(error);
    return handler;
  }
};

const load = async (): Promise<LambdaFunction> => {
  const { [VARIABLE]: configured, LAMBDA_TASK_ROOT: root = process.cwd() } = process.env;
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
  const handler = await loadHandler(root, configured);
  return instrumentation === undefined ? handler : traced(instrumentation, handler);
};

/** Called by the runtime of Lambda. */
export const handler: LambdaFunction = await load();
