import {
  InvalidOtlpError,
  otlpRequest,
  parseOtlpJson,
  parseRequest,
  requestFromJson,
  SIGNAL_PATHS,
  type OtlpRequest,
  type Signal,
} from '@serverless-otlp/otlp';
import type { BodyFormat } from './content.ts';
import { Refusal, RPC_CODES } from './refusal.ts';

const MESSAGE_KEYS = ['resourceSpans', 'resourceMetrics', 'resourceLogs'];

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Unknown fields are ignored (OTLP/JSON rule J3), so an object without any known one is an empty request. */
const isEmptyMessage = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !MESSAGE_KEYS.some((key) => key in value);

const parseJson = (signal: Signal, body: Uint8Array): OtlpRequest => {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new InvalidOtlpError('utf8', 'the body is not valid UTF-8');
  }
  const value = parseOtlpJson(text);
  if (isEmptyMessage(value)) return otlpRequest(signal, new Uint8Array());
  const request = requestFromJson(value);
  if (request.signal === signal) return request;
  throw new InvalidOtlpError('value', `these are ${request.signal}: send them to ${SIGNAL_PATHS[request.signal]}`);
};

/** The request in a body of this format, fully validated. @throws {Refusal} 400 */
export const parseBody = (signal: Signal, body: Uint8Array, format: BodyFormat): OtlpRequest => {
  try {
    return format === 'json' ? parseJson(signal, body) : parseRequest(signal, body);
  } catch (error) {
    if (error instanceof InvalidOtlpError) throw new Refusal(400, RPC_CODES.invalidArgument, error.message);
    throw error;
  }
};
