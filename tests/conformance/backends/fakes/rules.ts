import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import type { HttpFakeAnswer } from '@serverless-otlp/testing/fake-collector';
import { type BackendRequest, idsOf, type Rule } from './backend.ts';

/** An answer, or one that depends on the request. */
type Refusal = HttpFakeAnswer | ((request: BackendRequest) => HttpFakeAnswer);

const refuse = (refusal: Refusal, request: BackendRequest): HttpFakeAnswer =>
  typeof refusal === 'function' ? refusal(request) : refusal;

/** A rule from what holds of a good request. */
export const must =
  (holds: (request: BackendRequest) => boolean, refusal: Refusal): Rule =>
  (request) =>
    holds(request) ? undefined : refuse(refusal, request);

/** A rule for one signal alone. */
export const only =
  (signals: readonly Signal[], rule: Rule): Rule =>
  (request) =>
    request.signal !== undefined && signals.includes(request.signal) ? rule(request) : undefined;

/** POST to the path of a signal below this prefix. */
export const signalPath = (prefix: string, refusal: Refusal): Rule =>
  must(({ method, path }) => method === 'POST' && SIGNALS.some((signal) => path === `${prefix}/v1/${signal}`), refusal);

/** One of these content types, letter for letter. */
export const contentType = (allowed: readonly string[], refusal: Refusal): Rule =>
  must(({ headers }) => allowed.includes(headers['content-type'] ?? ''), refusal);

/** One of these content encodings, or none at all. */
export const contentEncoding = (allowed: readonly string[], refusal: Refusal): Rule =>
  must(({ headers }) => [undefined, ...allowed].includes(headers['content-encoding']), refusal);

/** At most this many bytes, as sent and unpacked. */
export const maxBytes = (limits: Readonly<Partial<Record<Signal, number>>>, refusal: Refusal): Rule =>
  must(({ signal, sent, body }) => {
    const limit = signal === undefined ? undefined : limits[signal];
    return limit === undefined || Math.max(sent.length, body.length) <= limit;
  }, refusal);

/** At most this many spans, data points or log records. */
export const maxItems = (limits: Readonly<Partial<Record<Signal, number>>>, refusal: Refusal): Rule =>
  must((request) => {
    const limit = request.signal === undefined ? undefined : limits[request.signal];
    return limit === undefined || idsOf(request).length <= limit;
  }, refusal);

/** The same limit for every signal. */
export const forAll = (limit: number): Readonly<Record<Signal, number>> => ({
  traces: limit,
  metrics: limit,
  logs: limit,
});

/** What every backend here reads at least. */
export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';
