import type { HttpAnswer, HttpTransport } from '../../http/transport.ts';
import type { Authenticator } from '../../http/authenticator.ts';
import { until } from '../../until.ts';

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
      const changed = generation !== sentWith || (await until(refresh(answer), leftMs(), abort)) === true;
      return changed && leftMs() > 0 && abort?.aborted !== true ? send(false) : answer;
    };
    return send(true);
  };
};
