/**
 * The way that is usual elsewhere: decode every request into objects, merge the objects, encode the result. By protobufjs,
 * the fastest general decoder in JavaScript, on reflection of the schema file: it compiles the same code for a type as its static
 * generator writes. It is also the independent reader that the results are compared with.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { floorBody, floorPayloads } from './floor.ts';
import type { SubscriptionEvent } from './shape.ts';

const schema = new URL('../packages/otlp/schema/otlp-schema-v1.11.json', import.meta.url);
const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(schema, 'utf8')) as protobuf.INamespace);
const type = root.resolveAll().lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest');

interface Span {
  readonly trace_id: Uint8Array;
  readonly span_id: Uint8Array;
}

interface TraceRequest {
  readonly resource_spans: readonly { readonly scope_spans: readonly { readonly spans: readonly Span[] }[] }[];
}

const decode = (bytes: Uint8Array): TraceRequest => type.decode(bytes) as unknown as TraceRequest;

/** Decodes all, merges the objects, encodes the result. */
export const mergeByDecoding = (requests: readonly Uint8Array[]): Uint8Array =>
  type.encode({ resource_spans: requests.flatMap((bytes) => decode(bytes).resource_spans) }).finish();

/** The floor with that in the middle: a forwarder that decodes, and checks nothing besides. */
export const relayByDecoding = (event: SubscriptionEvent): Buffer => floorBody(mergeByDecoding(floorPayloads(event)));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Trace and span id of every span in a request, in order. */
export const spanIds = (bytes: Uint8Array): readonly string[] =>
  decode(bytes)
    .resource_spans.flatMap(({ scope_spans }) => scope_spans)
    .flatMap(({ spans }) => spans)
    .map((span) => `${hex(span.trace_id)}:${hex(span.span_id)}`);

/** Throws unless both requests hold the same spans, `expected` in number, each of them once. */
export const assertEqualSpans = (a: Uint8Array, b: Uint8Array, expected: number): void => {
  const ours = spanIds(a);
  const theirs = spanIds(b);
  if (ours.length !== expected || new Set(ours).size !== expected || ours.join() !== theirs.join()) {
    throw new Error(`the two sides differ: ${ours.length} and ${theirs.length} spans of ${expected}`);
  }
};
