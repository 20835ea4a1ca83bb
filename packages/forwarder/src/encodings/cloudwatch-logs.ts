import { checkJsonValues, decodeBase64, InvalidOtlpError } from '@serverless-otlp/otlp';
import { faultOf } from '../fault.ts';
import type { Decoded, Encoding, IgnoredReason, InflateBudget, Metadata, SourceRecord } from '../types.ts';
import { inflateOn, unopened } from './inflate.ts';

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

interface LogEvent {
  readonly id: string;
  readonly message: string;
}

interface Subscription {
  readonly control: boolean;
  readonly metadata: Metadata;
  readonly events: readonly LogEvent[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const shapeFault = (what: string): InvalidOtlpError =>
  new InvalidOtlpError('envelope', `not a subscription event: ${what}`);

/** The text in a blob. The bytes go out of scope here: an event may be large, and is in memory often enough. */
const open = (data: string | Uint8Array, gunzip: (packed: Uint8Array) => Uint8Array): string => {
  const json = gunzip(typeof data === 'string' ? decodeBase64(data) : data);
  return Buffer.from(json.buffer, json.byteOffset, json.length).toString();
};

const parseSubscription = (source: string): Subscription => {
  checkJsonValues(source);
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw shapeFault('no JSON'); // the parser's own message quotes the content
  }
  const { messageType, owner, logGroup, logStream, logEvents } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const control = messageType === 'CONTROL_MESSAGE';
  if (!control && messageType !== 'DATA_MESSAGE') throw shapeFault('unknown messageType');
  if (!control && !Array.isArray(logEvents)) throw shapeFault('no logEvents');
  const events = (Array.isArray(logEvents) ? logEvents : []).map((event: unknown): LogEvent => {
    const { id, message } = (event ?? {}) as Readonly<Record<string, unknown>>;
    return { id: text(id), message: text(message) };
  });
  return { control, metadata: { owner: text(owner), log_group: text(logGroup), log_stream: text(logStream) }, events };
};

const NOT_TELEMETRY: readonly Decoded[] = [{ ignored: 'not_telemetry' }];

/** What an encoding adds to the metadata never replaces what CloudWatch says. */
const withMetadata = (found: Decoded, metadata: Metadata): Decoded =>
  'request' in found
    ? { request: found.request, metadata: found.metadata === undefined ? metadata : { ...found.metadata, ...metadata } }
    : found;

/**
 * Opens a CloudWatch Logs subscription blob (gzip, in base64 when it is text) and hands each line to the line encodings.
 * Owner, log group and log stream are CloudWatch's own words: they become the metadata of everything inside.
 *
 * @example cloudwatchLogs({ lines: [otlpStdout(), otlpJson()], ownLogGroups: ['/aws/lambda/forwarder'] })
 */
export const cloudwatchLogs = ({ lines, ownLogGroups = [] }: CloudWatchLogsOptions): Encoding => {
  const own: ReadonlySet<string> = new Set(ownLogGroups);

  /** An event may hold several lines, when one call of a logger printed them: each is looked at if they are nothing together. */
  const decodeEvent = (event: LogEvent, metadata: Metadata, budget: InflateBudget): readonly Decoded[] => {
    const whole = decodeLine(event, metadata, budget);
    const lines = event.message.trim().split('\n');
    if (lines.length < 2 || whole.some((found) => 'request' in found)) return whole;
    const apart = lines.flatMap((message) => decodeLine({ id: event.id, message }, metadata, budget));
    return apart.some((found) => 'request' in found) ? apart : whole;
  };

  const decodeLine = (event: LogEvent, metadata: Metadata, budget: InflateBudget): readonly Decoded[] => {
    const record: SourceRecord = { id: event.id, data: event.message, attributes: metadata };
    try {
      if (event.message.length > MAX_LINE) throw new InvalidOtlpError('too_large', 'longer than a log event can be');
      for (const encoding of lines) {
        const found = encoding.decode(record, budget);
        if (found !== undefined && found.length > 0) return found.map((one) => withMetadata(one, metadata));
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
      return events.flatMap((event) => decodeEvent(event, metadata, budget));
    },
  };
};
