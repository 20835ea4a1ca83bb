import { gunzipSync } from 'node:zlib';
import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { itemIds, protobufjsOracle } from '@serverless-otlp/testing';
import {
  type FakeCollector,
  type HttpFakeAnswer,
  type ReceivedRequest,
  startFakeCollector,
} from '@serverless-otlp/testing/fake-collector';

/** A request as the front door of a backend sees it. */
export interface BackendRequest {
  readonly method: string;
  /** Without the port. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly sent: Buffer;
  /** Unpacked, if it was packed with gzip. */
  readonly body: Buffer;
  /** What the path says; `undefined` for any other path. */
  readonly signal: Signal | undefined;
}

/** One of the published rules of a backend: the answer to a request that breaks it. */
export type Rule = (request: BackendRequest) => HttpFakeAnswer | undefined;

/** A backend: where it is reached, and its rules in the order it applies them. */
export interface Backend {
  /** Its name in docs/guides/backends. */
  readonly name: string;
  /** Names that lead to it. */
  readonly hosts: RegExp;
  readonly rules: readonly Rule[];
  /** The answer to a request that breaks no rule. Default 200 without a body. */
  readonly accept?: (request: BackendRequest) => HttpFakeAnswer;
}

/** A request and what became of it. */
export interface Exchange {
  readonly request: BackendRequest;
  readonly status: number;
  /** Of the items in a request that was accepted. */
  readonly ids: readonly string[];
}

/** A backend that listens on the loopback interface, whatever its names are. */
export interface RunningBackend {
  readonly port: number;
  readonly exchanges: readonly Exchange[];
  /** Of everything that was accepted, in order. */
  readonly ids: readonly string[];
  readonly close: () => Promise<void>;
}

const signalOf = (path: string): Signal | undefined => SIGNALS.find((signal) => path.endsWith(`/v1/${signal}`));

const readRequest = ({ method, path: target, headers, rawBody }: ReceivedRequest): BackendRequest => {
  const [path = ''] = target.split('?');
  const plain = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]);
  const sent = Object.fromEntries(plain) as Readonly<Record<string, string>>;
  return {
    method,
    host: (sent['host'] ?? '').replace(/:\d+$/, ''),
    path,
    headers: sent,
    sent: rawBody,
    body: sent['content-encoding'] === 'gzip' ? gunzipSync(rawBody) : rawBody,
    signal: signalOf(path),
  };
};

/** The request as protobuf, whatever it came as; by a codec that is not ours. */
export const protobufOf = ({ signal, headers, body }: BackendRequest): Uint8Array =>
  signal !== undefined && headers['content-type'] === 'application/json'
    ? protobufjsOracle.encode(signal, JSON.parse(body.toString()))
    : body;

/** The ids of all items of a request. */
export const idsOf = (request: BackendRequest): readonly string[] =>
  request.signal === undefined ? [] : itemIds(request.signal, protobufOf(request));

/** Each rule relies on those before it: what is packed otherwise is not looked into. */
const firstRefusal = (rules: readonly Rule[], request: BackendRequest): HttpFakeAnswer | undefined => {
  for (const rule of rules) {
    const refusal = rule(request);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** Starts a backend; close it in the end. */
export const startBackend = async ({ rules, accept = () => ({}) }: Backend): Promise<RunningBackend> => {
  const exchanges: Exchange[] = [];
  const answer = (received: ReceivedRequest): HttpFakeAnswer => {
    const request = readRequest(received);
    const refusal = firstRefusal(rules, request);
    const given = refusal ?? accept(request);
    exchanges.push({
      request,
      status: given.status ?? 200,
      ids: refusal === undefined ? idsOf(request) : [],
    });
    return given;
  };
  const collector: FakeCollector = await startFakeCollector({ script: answer, keepRequests: false });
  return {
    port: collector.port,
    exchanges,
    get ids() {
      return exchanges.flatMap(({ ids }) => ids);
    },
    close: () => collector.close(),
  };
};
