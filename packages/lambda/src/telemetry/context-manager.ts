import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

type Run = (...args: unknown[]) => unknown;

/** An event emitter, as far as it can be bound. */
interface Emitter {
  emit: Run;
}

const isEmitter = (target: unknown): target is Emitter =>
  typeof target === 'object' && target !== null && 'emit' in target && typeof target.emit === 'function';

/**
 * Carries the context through promises and callbacks. Functions can be bound to one, and event emitters, as libraries for HTTP do:
 * whoever listens hears each event in the context of the first binding.
 */
export const asyncContextManager = (): ContextManager => {
  const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks');
  const storage: AsyncLocalStorage<Context> = new Storage();
  const emitters = new WeakSet<object>();
  const boundTo = (context: Context, run: Run): Run =>
    function (this: unknown, ...args: unknown[]): unknown {
      return storage.run<unknown>(context, () => Reflect.apply(run, this, args));
    };
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, run, self, ...args) => storage.run(context, () => run.apply(self as never, args)),
    bind: (context, target) => {
      if (typeof target === 'function') return boundTo(context, target as unknown as Run) as typeof target;
      if (!isEmitter(target) || emitters.has(target)) return target;
      emitters.add(target);
      target.emit = boundTo(context, target.emit);
      return target;
    },
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
};
