import { checkJsonValues, InvalidOtlpError } from '@serverless-otlp/otlp';
import type { Metadata } from '../types.ts';

/** One log event. */
export interface LogEvent {
  readonly id: string;
  readonly message: string;
  readonly timeMs: number | undefined;
}

/** What a subscription event says. */
export interface Subscription {
  readonly control: boolean;
  readonly metadata: Metadata;
  readonly events: readonly LogEvent[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Twice what CloudWatch allows for a name of anything: reports and letters repeat them. */
const MAX_NAME = 1024;

const name = (value: unknown): string => text(value).slice(0, MAX_NAME);

const shapeFault = (what: string): InvalidOtlpError =>
  new InvalidOtlpError('envelope', `not a subscription event: ${what}`);

/** Reads what a blob holds; what it lacks is empty. @throws {InvalidOtlpError} for what is no subscription event. */
export const parseSubscription = (source: string): Subscription => {
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
    const { id, message, timestamp } = (event ?? {}) as Readonly<Record<string, unknown>>;
    return {
      id: name(id),
      message: text(message),
      timeMs: Number.isFinite(timestamp) ? (timestamp as number) : undefined,
    };
  });
  return { control, metadata: { owner: name(owner), log_group: name(logGroup), log_stream: name(logStream) }, events };
};
