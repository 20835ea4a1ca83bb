/** Ctrl-C as a signal: the first asks to finish, the second is left to Node.js and ends the process at once. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/** Listens for SIGINT and SIGTERM until disposed of. */
export const onInterruption = (): Interruption => {
  const controller = new AbortController();
  const dispose = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  const stop = (): void => {
    dispose();
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, [Symbol.dispose]: dispose };
};
