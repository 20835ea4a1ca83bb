import { context } from '@opentelemetry/api';
import { guarded } from '../invocation/describe.ts';
import { beginRun, type Ending, type Handled, type Run } from '../invocation/run.ts';
import type { LambdaContext } from '../lambda-context.ts';
import type { Handler } from '../traced.ts';

type Callback = (error?: unknown, result?: unknown) => void;

/** Calls what nobody but the runtime calls, with what it gave. */
export const apply = (handler: Handler, self: unknown, args: readonly unknown[]): unknown =>
  Reflect.apply(handler, self, args) as unknown;

/** Whether the handler answers by a promise. What cannot be asked is none. */
const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  guarded(
    'a result',
    () => typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function',
  ) === true;

/** Ends the run, and goes on when everything is written. */
const after = <T>(pending: Promise<void> | undefined, then: () => T): T | Promise<T> =>
  pending === undefined ? then() : pending.then(then);

/** Node 22 lets a handler answer by a callback: `callback`, `context.done`, `.succeed` or `.fail`. */
const withAnswers = (given: LambdaContext, answered: (ending: Ending, then: () => unknown) => void): LambdaContext => {
  const { done, fail, succeed } = given as unknown as Readonly<Record<'done' | 'fail' | 'succeed', unknown>>;
  // A proxy may not say anything else of what is frozen.
  if (Object.isFrozen(given)) return given;
  if (typeof done !== 'function' || typeof fail !== 'function' || typeof succeed !== 'function') return given;
  const answers = new Map<PropertyKey, Callback>([
    [
      'done',
      (error, result) => answered(endingOf(error, result), () => apply(done as Handler, given, [error, result])),
    ],
    ['fail', (error) => answered({ error }, () => apply(fail as Handler, given, [error]))],
    ['succeed', (result) => answered({ result }, () => apply(succeed as Handler, given, [result]))],
  ]);
  return new Proxy(given, {
    get: (target, name) => answers.get(name) ?? (Reflect.get(target, name) as unknown),
    set: (target, name, value) => Reflect.set(target, name, value),
  });
};

const endingOf = (error: unknown, result: unknown): Ending =>
  error === undefined || error === null ? { result } : { error };

/** What ends the runs that nobody has ended when nothing is left to do: then the runtime itself answers. */
const unanswered = new Set<() => void>();
const endUnanswered = (): void => {
  for (const end of unanswered) end();
  unanswered.clear();
};

/** One listener for all of them: many may run at once. Gives what takes it back. */
const atLast = (end: () => void): (() => void) => {
  if (unanswered.size === 0) process.once('beforeExit', endUnanswered);
  unanswered.add(end);
  return () => {
    if (unanswered.delete(end) && unanswered.size === 0) process.off('beforeExit', endUnanswered);
  };
};

const call = (run: Run, handler: Handler, self: unknown, args: readonly unknown[]): unknown => {
  const [event, given, callback, ...rest] = args;
  let isAnswered = (): void => undefined;
  const answered = (ending: Ending, then: () => unknown): void => {
    isAnswered();
    void after(run.end(ending), then);
  };
  const wrapped: Callback | undefined =
    typeof callback !== 'function'
      ? undefined
      : (error, result) =>
          answered(endingOf(error, result), () => apply(callback as Handler, undefined, [error, result]));
  const offered = guarded('the context', () => withAnswers(given as LambdaContext, answered)) ?? given;
  const passed = wrapped === undefined ? [event, offered, ...args.slice(2)] : [event, offered, wrapped, ...rest];
  let returned: unknown;
  try {
    returned = context.with(run.context, () => apply(handler, self, passed));
  } catch (error) {
    return after(run.end({ error }), () => {
      throw error;
    });
  }
  if (isPromise(returned)) {
    return Promise.resolve(returned).then(
      (result) => after(run.end({ result }), () => result),
      (error: unknown) =>
        after(run.end({ error }), () => {
          throw error;
        }),
    );
  }
  if (wrapped !== undefined) {
    if (!run.isOver()) isAnswered = atLast(() => void run.end({ result: undefined }));
    return returned;
  }
  return after(run.end({ result: returned }), () => returned);
};

/** Calls a handler and traces it. A handler that cannot be traced is called all the same. */
export const callHandler = (handled: Handled, handler: Handler, self: unknown, args: readonly unknown[]): unknown => {
  const run = guarded('tracing', () => beginRun(args[0], args[1] as LambdaContext, handled));
  return run === undefined ? apply(handler, self, args) : call(run, handler, self, args);
};
