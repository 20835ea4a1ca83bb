import { otlpRequest, type OtlpRequest, type Signal, splitRequest } from '@serverless-otlp/otlp';
import { MAX_LINE_BYTES, type Settings } from '../config/settings.ts';
import { encodeLine } from './encode-line.ts';
import { nameOfItem } from './name-of-item.ts';

/** The lines of one request, in order, and what none of them can hold. */
export interface Lines {
  readonly lines: readonly string[];
  /** One sentence for each item beyond the hard limit, which names it. */
  readonly refused: readonly string[];
}

/** Left free in each line for the count of dropped ones. */
const RESERVED_BYTES = 24;

/** Parts are aimed below the limit, because smaller ones compress worse. */
const AIM = 0.9;

/**
 * Writes a request as one line, or as several complete ones when it is too long: split at item boundaries, each with its resource
 * and scope (E3). An item that is too long alone still gets its line, up to the hard limit.
 */
export const linesOf = (signal: Signal, bytes: Uint8Array, settings: Settings): Lines => {
  const lines: string[] = [];
  const refused: string[] = [];
  const limit = settings.maxLineBytes - RESERVED_BYTES;
  const add = (request: OtlpRequest): void => {
    const line = encodeLine(request, settings);
    const lineBytes = Buffer.byteLength(line);
    if (lineBytes <= limit) {
      lines.push(line);
      return;
    }
    const parts = splitRequest(request, { maxBytes: Math.max(1, request.bytes.length * AIM * (limit / lineBytes)) });
    if (parts.length > 1) for (const part of parts) add(part);
    else if (lineBytes <= MAX_LINE_BYTES - RESERVED_BYTES) lines.push(line);
    else
      refused.push(`${nameOfItem(request)} takes a line of ${lineBytes} bytes, at most ${MAX_LINE_BYTES} are written`);
  };
  add(otlpRequest(signal, bytes));
  return { lines, refused };
};
