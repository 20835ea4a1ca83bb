import {
  decodeExportResponse,
  isRetryableStatus,
  parseRetryAfter,
  type Signal,
  statusMessageOf,
} from '@serverless-otlp/otlp';
import type { Outcome } from '../../types.ts';
import type { AnswerBody } from '../../http/read-body.ts';
import { redactor } from './redact.ts';
import type { HttpAnswer } from '../../http/transport.ts';

/** What a judge has to know of its destination. */
export interface JudgeOptions {
  /** Everything secret that an answer may repeat. */
  readonly headers: Headers;
  readonly urls: readonly URL[];
  readonly now: () => number;
}

/** What an answer means for the telemetry of this signal. */
export type Judge = (answer: HttpAnswer, signal: Signal, host: string) => Outcome;

type Headers = Readonly<Record<string, string>>;
type Quote = (text: string) => string;

/** What a message from the other side may fill of our report, in characters. */
const MAX_MESSAGE = 200;

/** Faults of the telemetry itself (D5a). */
const TELEMETRY_FAULTS: ReadonlySet<number> = new Set([400, 413, 422]);

const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');

/** What there is to say instead of a message that could not be read. */
const NO_DETAIL = { too_large: 'its body is over the limit', broken: undefined } as const;

const UNCONFIRMED: Outcome = {
  status: 'delivered',
  unconfirmed: true,
  message: 'accepted with an answer that cannot be read',
};

/** Judges the answers of one destination, and says why without its secrets (D5, D5a, D14, D15, D27). */
export const judgeOf = ({ headers, urls, now }: JudgeOptions): Judge => {
  const quoting = (sent: readonly Headers[]): Quote => {
    const redact = redactor(sent, urls);
    // Redacted before it is cut: half a secret is a secret nobody would recognise.
    return (text) => printable(redact(text)).slice(0, MAX_MESSAGE);
  };
  const quoted = quoting([headers]);

  /** The data was taken, whatever else the answer says: sending it again would double it. */
  const accepted = (signal: Signal, body: AnswerBody, contentType: string | undefined, quote: Quote): Outcome => {
    if (typeof body === 'string') return UNCONFIRMED;
    try {
      const partial = decodeExportResponse(signal, body, contentType);
      if (partial === undefined) return { status: 'delivered' };
      return { status: 'delivered', rejectedItems: partial.rejectedItems, message: quote(partial.message) };
    } catch {
      return UNCONFIRMED;
    }
  };

  return (answer, signal, host) => {
    const quote = answer.added === undefined ? quoted : quoting([headers, answer.added]);
    if ('failure' in answer) {
      const { httpStatus } = answer;
      const error = new Error(`${host}: ${quote(answer.message)}`);
      return answer.failure === 'retryable'
        ? { status: 'retryable', error }
        : { status: 'rejected', fault: 'destination', error, ...(httpStatus === undefined ? {} : { httpStatus }) };
    }
    const { status, headers: received, body } = answer;
    const contentType = received['content-type'];
    if (status >= 200 && status < 300) return accepted(signal, body, contentType, quote);
    const detail = typeof body === 'string' ? NO_DETAIL[body] : statusMessageOf(body, contentType);
    const error = new Error(`${host} answered ${status}${detail === undefined ? '' : `: ${quote(detail)}`}`);
    // Whatever the status, what answers beyond the limit is not asked again (C11).
    if (isRetryableStatus(status) && body !== 'too_large') {
      const retryAfterMs = parseRetryAfter(received['retry-after'], now());
      return { status: 'retryable', error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    const fault = TELEMETRY_FAULTS.has(status) ? 'telemetry' : 'destination';
    return { status: 'rejected', fault, error, httpStatus: status };
  };
};
