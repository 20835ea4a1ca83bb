import type { HttpAnswer, HttpTransport } from '../../http/transport.ts';
import type { Authenticator } from '../../http/authenticator.ts';

/** What an authenticator rejects with: an `AuthenticationError`; anything else is a mistake of its own that no later try will mend. */
const failureOf = (error: unknown): HttpAnswer => {
  const { message, retryable } = (error instanceof Error ? error : {}) as { message?: string; retryable?: unknown };
  const told = message ?? 'the authenticator failed';
  return retryable === true
    ? { failure: 'retryable', message: told }
    : { failure: 'permanent', message: told, httpStatus: 401 };
};

const isRefused = (answer: HttpAnswer): answer is Extract<HttpAnswer, { status: number }> =>
  'status' in answer && (answer.status === 401 || answer.status === 403);

/** The longest delay a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the promise says, or `false` when the time is up first. It goes on, for whoever asks next. */
const inTime = async (promise: Promise<boolean>, ms: number, abort: AbortSignal | undefined): Promise<boolean> => {
  let giveUp: () => void = () => undefined;
  const over = new Promise<false>((resolve) => {
    giveUp = () => resolve(false);
  });
  const timer = setTimeout(giveUp, Math.min(ms, MAX_TIMER_MS));
  abort?.addEventListener('abort', giveUp);
  if (abort?.aborted === true) giveUp();
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener('abort', giveUp);
  }
};

/**
 * A transport whose requests prove who sends. After a 401 or 403 the credential is fetched again, once for all who wait for it, and the
 * request is sent once more if there is another credential than it was sent with, and time (D11).
 */
export const authenticated = (transport: HttpTransport, authenticator: Authenticator): HttpTransport => {
  /** How often the credential has changed: what was refused by an older one may be sent again at once. */
  let generation = 0;
  let refreshing: Promise<boolean> | undefined;

  const refresh = (answer: Extract<HttpAnswer, { status: number }>): Promise<boolean> =>
    (refreshing ??= authenticator
      .refresh(answer.headers)
      .then(
        (changed) => {
          if (changed) generation++;
          return changed;
        },
        () => false,
      )
      .finally(() => (refreshing = undefined)));

  return (url, headers, body, timeoutMs, abort) => {
    const endMs = performance.now() + timeoutMs;
    const leftMs = (): number => endMs - performance.now();

    const send = async (mayRefresh: boolean): Promise<HttpAnswer> => {
      const sentWith = generation;
      let added: Readonly<Record<string, string>>;
      try {
        const method = body === undefined ? 'GET' : 'POST';
        added = await authenticator.headersFor({ method, url, headers, body }, leftMs(), abort);
      } catch (error) {
        return failureOf(error);
      }
      const answer = { ...(await transport(url, { ...headers, ...added }, body, leftMs(), abort)), added };
      if (!mayRefresh || !isRefused(answer)) return answer;
      const changed = generation !== sentWith || (await inTime(refresh(answer), leftMs(), abort));
      return changed && leftMs() > 0 && abort?.aborted !== true ? send(false) : answer;
    };
    return send(true);
  };
};
