import type { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * Carries the context through promises and callbacks. Functions can be bound to one; event emitters cannot, which needs
 * `@opentelemetry/context-async-hooks`, registered before.
 */
export const asyncContextManager = (): ContextManager => {
  const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks');
  const storage: AsyncLocalStorage<Context> = new Storage();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, run, self, ...args) => storage.run(context, () => run.apply(self as never, args)),
    bind: (context, target) => {
      if (typeof target !== 'function') return target;
      const bound = function (this: unknown, ...args: unknown[]): unknown {
        return storage.run(context, () => Reflect.apply(target, this, args) as unknown);
      };
      return bound as typeof target;
    },
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
};
