import { decodeBase64, InvalidOtlpError } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, Encoding, IgnoredReason, InflateBudget, Metadata, SourceRecord } from '../types.ts';
import { inflateOn, unopened } from './inflate.ts';
import { type LogEvent, parseSubscription, type Subscription } from './subscription.ts';

/** The most a subscription blob may decompress to (D17). A legitimate one is 1 MB compressed and OTLP/JSON at worst: 14 MiB. */
const MAX_BLOB_BYTES = 20 * 1024 * 1024;

/** A log event is at most 1 MiB (PutLogEvents), and its text has no more characters than bytes. */
const MAX_LINE = 1024 * 1024;

/** How {@link cloudwatchLogs} reads the lines. */
export interface CloudWatchLogsOptions {
  /** Tried on each line in this order. */
  readonly lines: readonly Encoding[];
  /** Log groups of the forwarder itself: acknowledged and counted, never processed, so that nothing loops (D21). */
  readonly ownLogGroups?: readonly string[];
}

/** What all lines of an event share. */
interface Around {
  readonly metadata: Metadata;
  readonly budget: InflateBudget;
  readonly origins: Set<string>;
}

/** The text in a blob. The bytes go out of scope here: an event may be large, and is in memory often enough. */
const open = (data: string | Uint8Array, gunzip: (packed: Uint8Array) => Uint8Array): string => {
  const json = gunzip(typeof data === 'string' ? decodeBase64(data) : data);
  return Buffer.from(json.buffer, json.byteOffset, json.length).toString();
};

const NOT_TELEMETRY: readonly Decoded[] = [{ ignored: 'not_telemetry' }];

/** As many as a batch has log events: what one call of a logger may print of telemetry. A line of two bytes could become 300 in memory. */
const MAX_FOUND = 10_000;

/** The lines of a text, one at a time: a list of them could be many times the text. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length + 1 : end + 1;
  }
}

const recordOf = ({ id, message: data, timeMs }: LogEvent, attributes: Metadata): SourceRecord => ({
  id,
  data,
  attributes,
  ...(timeMs === undefined ? {} : { timeMs }),
});

const crowded = (event: LogEvent, metadata: Metadata): Decoded =>
  faultOf(
    recordOf(event, metadata),
    new InvalidOtlpError('too_large', `more than ${MAX_FOUND} lines of telemetry in one log event`),
  );

/** What an encoding adds to the metadata never replaces what CloudWatch says. */
const withSource = (found: Decoded, { attributes, timeMs }: SourceRecord): Decoded =>
  'request' in found
    ? {
        request: found.request,
        metadata: found.metadata === undefined ? attributes : { ...found.metadata, ...attributes },
        ...(timeMs === undefined ? {} : { timeMs }),
      }
    : found;

/**
 * Kept envelope headers an event may name. Each combination becomes a request of its own, and an object in the dead-letter store: a
 * function must not make up any number of tenants (D20).
 */
const MAX_ORIGINS = 1_000;

const withinOrigins = (found: Decoded, record: SourceRecord, origins: Set<string>): Decoded => {
  if (!('request' in found) || found.metadata === undefined || found.metadata === record.attributes) return found;
  const origin = JSON.stringify(found.metadata);
  if (origins.size >= MAX_ORIGINS && !origins.has(origin))
    return faultOf(
      record,
      new InvalidOtlpError('too_large', `more than ${MAX_ORIGINS} different headers in one event`),
    );
  origins.add(origin);
  return found;
};

/**
 * Opens a CloudWatch Logs subscription blob (gzip, in base64 when it is text) and hands each line to the line encodings.
 * Owner, log group and log stream are CloudWatch's own words: they become the metadata of everything inside.
 *
 * @example cloudwatchLogs({ lines: [otlpStdout(), otlpJson()], ownLogGroups: ['/aws/lambda/forwarder'] })
 */
export const cloudwatchLogs = ({ lines, ownLogGroups = [] }: CloudWatchLogsOptions): Encoding => {
  const own: ReadonlySet<string> = new Set(ownLogGroups);

  /** An event may hold several lines, when one call of a logger printed them: each is looked at if they are nothing together. */
  const decodeEvent = (event: LogEvent, around: Around): readonly Decoded[] => {
    const whole = decodeLine(event, around);
    const text = event.message.trim();
    if (!text.includes('\n') || event.message.length > MAX_LINE || whole.some((found) => 'request' in found))
      return whole;
    const apart: Decoded[] = [];
    let ignored = 0;
    for (const message of linesOf(text)) {
      for (const found of decodeLine({ ...event, message }, around)) {
        if ('ignored' in found) ignored++;
        else apart.push(found);
      }
      if (apart.length > MAX_FOUND) return [crowded(event, around.metadata)];
    }
    if (!apart.some((found) => 'request' in found)) return whole;
    return ignored === 0 ? apart : [...apart, { ignored: 'not_telemetry', lines: ignored }];
  };

  const decodeLine = (event: LogEvent, { metadata, budget, origins }: Around): readonly Decoded[] => {
    const record = recordOf(event, metadata);
    try {
      if (event.message.length > MAX_LINE) throw new InvalidOtlpError('too_large', 'longer than a log event can be');
      for (const encoding of lines) {
        const found = encoding.decode(record, budget);
        if (found !== undefined && found.length > 0)
          return found.map((one) => withinOrigins(withSource(one, record), record, origins));
      }
      return NOT_TELEMETRY;
    } catch (error) {
      return [faultOf(record, error)];
    }
  };

  return {
    name: 'cloudwatch_logs',
    decode: (record, budget) => {
      const limit = budget.allow(MAX_BLOB_BYTES);
      let source: string;
      try {
        source = open(record.data, inflateOn(budget, limit));
      } catch (error) {
        return [unopened(record, error, limit, MAX_BLOB_BYTES)];
      }
      let subscription: Subscription;
      try {
        subscription = parseSubscription(source);
      } catch (error) {
        return [faultOf(record, error)];
      }
      const { control, metadata, events } = subscription;
      const skip: IgnoredReason | undefined = control
        ? 'control_message'
        : own.has(metadata['log_group'] ?? '')
          ? 'own_logs'
          : undefined;
      if (skip !== undefined) return events.map(() => ({ ignored: skip }));
      const around = { metadata, budget, origins: new Set<string>() };
      return events.flatMap((event) => decodeEvent(event, around));
    },
  };
};
