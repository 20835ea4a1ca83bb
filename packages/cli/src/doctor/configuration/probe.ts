import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { CheckId } from '../catalogue.ts';
import type { DestinationSettings } from './subject.ts';

/** What a connection without credentials shows. */
export interface Probe {
  /** The check that fails, and why. */
  readonly failure?: { readonly id: CheckId; readonly message: string };
  /** How far the clock of the server is ahead of ours. */
  readonly skewMs?: number;
  /** Until when the certificate is good. */
  readonly certificateUntilMs?: number;
}

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
const CONNECTION = /^E(CONN|PIPE|HOST|NET|TIMEDOUT|ADDRNOTAVAIL)/;

/** Which check an error of Node's is about. */
export const checkOf = (code: string): CheckId => {
  if (DNS.has(code)) return 'destination-dns';
  return CONNECTION.test(code) ? 'destination-connection' : 'destination-tls';
};

const failureOf = (error: Error): Probe => {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { code = error.name } = first as NodeJS.ErrnoException;
  return { failure: { id: checkOf(code), message: code } };
};

const certificateOf = (socket: unknown): number | undefined => {
  const { getPeerCertificate } = socket as Partial<TLSSocket>;
  if (getPeerCertificate === undefined) return undefined;
  // An empty object where there is none.
  const until = Date.parse((getPeerCertificate.call(socket) as { readonly valid_to?: string }).valid_to ?? '');
  return Number.isNaN(until) ? undefined : until;
};

/** How {@link probe} works. */
export interface ProbeOptions {
  readonly pem: DestinationSettings['pem'];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/**
 * Connects, and asks with HEAD and no credentials: whatever the answer, its `Date` is a clock. Never rejects; who does not answer in
 * time has no clock.
 */
export const probe = (url: URL, { pem = {}, timeoutMs, signal, now }: ProbeOptions): Promise<Probe> =>
  new Promise((resolve) => {
    const begunMs = now();
    const bare = new URL(url);
    [bare.username, bare.password, bare.search] = ['', '', ''];
    const options = { method: 'HEAD', agent: false, timeout: timeoutMs, signal, ...pem } as const;
    const request = (bare.protocol === 'https:' ? httpsRequest : httpRequest)(bare, options);
    request.on('response', (response) => {
      const endedMs = now();
      const date = Date.parse(response.headers.date ?? '');
      const certificateUntilMs = certificateOf(response.socket);
      // The header has whole seconds: on average it is half of one behind.
      const skewMs = Number.isNaN(date) ? undefined : date + 500 - (begunMs + endedMs) / 2;
      resolve({
        ...(skewMs === undefined ? {} : { skewMs }),
        ...(certificateUntilMs === undefined ? {} : { certificateUntilMs }),
      });
      request.destroy();
    });
    request.on('timeout', () => {
      resolve({});
      request.destroy();
    });
    request.on('error', (error) => resolve(signal.aborted ? {} : failureOf(error)));
    request.end();
  });
