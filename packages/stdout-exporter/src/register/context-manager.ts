import type { AsyncLocalStorage } from 'node:async_hooks';

/** A `ContextManager` of the OpenTelemetry API, for programs that have none installed. */
export interface AsyncContextManager {
  readonly active: () => unknown;
  readonly with: (context: unknown, run: (...args: unknown[]) => unknown, self: unknown, ...args: unknown[]) => unknown;
  readonly bind: (context: unknown, target: unknown) => unknown;
  readonly enable: () => AsyncContextManager;
  readonly disable: () => AsyncContextManager;
}

/**
 * Carries the context through promises and callbacks. Functions can be bound to one; event emitters cannot, which needs
 * `@opentelemetry/context-async-hooks`.
 *
 * @param root what is active outside of everything.
 */
export const asyncContextManager = (root: unknown): AsyncContextManager => {
  const { AsyncLocalStorage: Storage } = process.getBuiltinModule('node:async_hooks');
  const storage: AsyncLocalStorage<unknown> = new Storage();
  const manager: AsyncContextManager = {
    active: () => storage.getStore() ?? root,
    with: (context, run, self, ...args) => storage.run(context, () => run.apply(self, args)),
    bind: (context, target) =>
      typeof target === 'function'
        ? function (this: unknown, ...args: unknown[]): unknown {
            return manager.with(context, target as (...given: unknown[]) => unknown, this, ...args);
          }
        : target,
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
};
