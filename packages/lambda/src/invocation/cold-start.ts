/** How long after its start a process that has not been invoked was started ahead of need. */
const AHEAD_MS = 10_000;

let invoked = false;

/**
 * Whether this is the first invocation of the process and somebody waited for the start. Concurrency that was provisioned, and
 * processes that Lambda started ahead of need, made nobody wait.
 *
 * @param uptimeMs since the process began.
 */
export const takeColdStart = (initialization: () => string | undefined, uptimeMs: () => number): boolean => {
  if (invoked) return false;
  invoked = true;
  const initializationType = initialization();
  const prepared =
    initializationType === 'provisioned-concurrency' || initializationType === 'lambda-managed-instances';
  return !prepared && uptimeMs() < AHEAD_MS;
};
