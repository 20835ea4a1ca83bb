import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import { guarded } from '../invocation/describe.ts';

/** So much is held while a part of the SDK is loaded; a load takes milliseconds. */
const MAX_HELD = 10_000;

/** Something that is loaded when it is first used, and what is to be done with it then. */
export interface Late<T> {
  /** Loads it, and does this with it: at once when it is there already. */
  readonly use: (then: (value: T) => void) => void;
  /** What it was used for has begun to load: it, or `undefined` if it cannot be loaded. `undefined` before. */
  readonly loading: () => Promise<T | undefined> | undefined;
}

/** @param what names it in a warning, should it not load. */
export const late = <T>(what: string, load: () => Promise<T>): Late<T> => {
  let value: T | undefined;
  let loading: Promise<T | undefined> | undefined;
  let uses: ((value: T) => void)[] = [];
  let failed = false;
  const start = async (): Promise<T | undefined> => {
    try {
      const loaded = await load();
      value = loaded;
      for (const then of uses) guarded(what, () => then(loaded));
    } catch (error) {
      failed = true;
      warnOnce(`${what} cannot be loaded: ${messageOf(error)}`);
    }
    uses = [];
    return value;
  };
  return {
    use: (then) => {
      // What is loaded keeps timers: they shall not keep the invocation that was the first to use it.
      loading ??= context.with(ROOT_CONTEXT, start);
      if (value !== undefined) then(value);
      else if (!failed && uses.length < MAX_HELD) uses.push(then);
    },
    loading: () => loading,
  };
};
