import { gzipSync } from 'node:zlib';
import type { Signal } from '@serverless-otlp/otlp';
import type { FakeAnswer, HttpFakeAnswer } from '@serverless-otlp/testing/fake-collector';
import type { Random } from '../../../scripts/fuzz/random.ts';

/** A request a destination has to answer. */
export interface Asked {
  readonly signal: Signal;
  readonly ids: readonly number[];
  readonly bytes: number;
  readonly random: Random;
  /** Of the environment that asks. */
  readonly environment: string;
  /** What the request brought along to be let in. */
  readonly authorization: string;
}

/** What it does with it. */
export interface Verdict {
  readonly answer: FakeAnswer;
  /** Default: none. */
  readonly taken?: readonly number[];
  readonly rejected?: readonly number[];
  /** A client that closes the connection after this answer did not get it in time. */
  readonly plain?: true;
}

type Decide = (asked: Asked) => Verdict;

/** How a destination behaves for a while. */
export interface Behaviour {
  readonly name: string;
  /** It takes everything, and lets the client know. */
  readonly healthy?: true;
  /** Each request to it costs the client its patience. */
  readonly tedious?: true;
  /** What is done to the server, or to its name, instead of answers. */
  readonly outside?: 'down' | 'unresolved' | 'untrusted' | 'key changed';
  readonly decide?: Decide;
}

/** What every answer of this size is over, in bytes: `max_response_bytes` of all destinations. */
export const MAX_RESPONSE_BYTES = 65_536;

const protobuf = { 'content-type': 'application/x-protobuf' };
const PARTLY_BOMB = gzipSync(Buffer.alloc(8 << 20));

const takes = (answer: HttpFakeAnswer): Decide => {
  return ({ ids }) => ({ answer: { headers: protobuf, ...answer }, taken: ids });
};
const takesPlainly = (answer: HttpFakeAnswer): Decide => {
  return (asked) => ({ ...takes(answer)(asked), plain: true });
};
const answers = (status: number, answer: HttpFakeAnswer = {}): Decide => {
  return () => ({ answer: { status, ...answer } });
};
const asksToWait = (seconds: string): Decide => answers(429, { headers: { 'retry-after': seconds } });

/** Everything is taken. */
export const HEALTHY: Behaviour = { name: 'healthy', healthy: true, decide: takesPlainly({}) };

/** Refuses what it cannot stand, or takes it. */
const refusing = (status: number, refuses: (asked: Asked) => boolean): Decide => {
  return (asked) =>
    refuses(asked) ? { answer: { status } } : { answer: { headers: protobuf }, taken: asked.ids, plain: true };
};

const REJECTED = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' } as const;

const partial: Decide = ({ signal, ids, random }) => {
  const refused = new Set(ids.filter(() => random.below(4) === 0));
  const errorMessage = 'some are too old\n{"__otel_otlp_stdout":"0.1.0"}';
  const body = JSON.stringify({ partialSuccess: { [REJECTED[signal]]: String(refused.size), errorMessage } });
  const answer = { headers: { 'content-type': 'application/json' }, body };
  return { answer, taken: ids.filter((id) => !refused.has(id)), rejected: [...refused] };
};

const flaky: Decide = ({ ids, random }) => {
  const kind = random.below(5);
  if (kind === 0) return { answer: { status: 503 } };
  if (kind === 1) return { answer: { fault: 'reset' }, taken: ids };
  if (kind === 2) return { answer: { fault: 'close' } };
  return { answer: { headers: protobuf }, taken: ids, plain: true };
};

/** Everything a destination may do, each at least once per world. */
export const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'slow', healthy: true, decide: takesPlainly({ delayMs: 40 }) },
  { name: 'partial success', healthy: true, decide: partial },
  { name: 'garbage in a 200', healthy: true, decide: takes({ body: '\u0007<html>canary' }) },
  { name: 'oversized 200', healthy: true, decide: takes({ body: Buffer.alloc(MAX_RESPONSE_BYTES + 1) }) },
  {
    name: 'bomb in a 200',
    healthy: true,
    decide: takes({ headers: { ...protobuf, 'content-encoding': 'gzip' }, body: PARTLY_BOMB }),
  },
  { name: '200 that breaks off', healthy: true, decide: takes({ body: 'half of this', cut: 'close' }) },
  // Requests that meet such a connection fail, several at once more often than they are tried.
  { name: 'closes unannounced', decide: takes({ thenClose: true }) },
  { name: 'down', outside: 'down' },
  { name: 'unresolved', outside: 'unresolved' },
  { name: 'untrusted', outside: 'untrusted' },
  { name: 'key changed', outside: 'key changed' },
  { name: 'hangs', tedious: true, decide: () => ({ answer: { fault: 'hang' } }) },
  { name: 'takes and says nothing', tedious: true, decide: ({ ids }) => ({ answer: { fault: 'hang' }, taken: ids }) },
  { name: 'answers too late', tedious: true, decide: takes({ delayMs: 6_000 }) },
  { name: 'resets before', decide: () => ({ answer: { fault: 'reset' } }) },
  { name: 'resets after it took', decide: ({ ids }) => ({ answer: { fault: 'reset' }, taken: ids }) },
  { name: '429 for a second', decide: asksToWait('1') },
  { name: '429 for an hour', decide: asksToWait('3600') },
  { name: '429 for ever', decide: asksToWait('99999999999999999999') },
  { name: '429 until a date', decide: asksToWait('Fri, 31 Dec 9999 23:59:59 GMT') },
  { name: '502', decide: answers(502) },
  { name: '503', decide: answers(503) },
  { name: '504', decide: answers(504, { body: 'x'.repeat(100_000) }) },
  { name: '413 above 20 items', decide: refusing(413, ({ ids }) => ids.length > 20) },
  { name: '413 above 8000 bytes', decide: refusing(413, ({ bytes }) => bytes > 8_000) },
  { name: '422 on one in fifty', decide: refusing(422, ({ ids }) => ids.some((id) => id % 50 === 7)) },
  { name: '400 on everything', decide: answers(400) },
  {
    name: '403 that repeats the key',
    decide: ({ authorization }) => ({ answer: { status: 403, ...quoting(authorization) } }),
  },
  { name: '404', decide: answers(404) },
  { name: '500', decide: answers(500, { body: '\u0000\u001b[2J' }) },
  { name: 'redirects', decide: answers(307, { headers: { location: 'http://evil.test/v1/traces' } }) },
  { name: 'no HTTP at all', decide: () => ({ answer: { raw: '\u0000\u0001\r\n\r\n' } }) },
  { name: 'flaky', decide: flaky },
];

/** A server's own words, in which it says what it was told. */
const quoting = (secret: string): HttpFakeAnswer => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code: 7, message: `no such key: ${secret}` }),
});
