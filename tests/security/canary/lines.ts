import { SIGNALS } from '@serverless-otlp/otlp';
import { line } from '../telemetry.ts';
import { SECRETS } from './secrets.ts';

const headers = { authorization: SECRETS.envelopeHeader, 'x-key': SECRETS.envelopeHeader };
const nested = JSON.stringify({
  message: JSON.stringify({ message: line('traces', 'n', { headers, payload: '####' }) }),
});
const whole = line('traces', 'cut', { headers });

/** Telemetry that can be read, with keys in its headers: the reference implementation writes them there. */
export const GOOD_LINES: readonly string[] = SIGNALS.map((signal) => line(signal, signal, { headers }));

/** Lines that cannot be read, with keys in their headers. */
export const BROKEN_LINES: readonly string[] = [
  line('traces', 'a', { headers, payload: '####' }),
  line('logs', 'c', { headers, 'content-encoding': 'br' }),
  line('traces', 'd', { HEADERS: headers, payload: 7 }),
  line('traces', 'e', { headers: SECRETS.envelopeHeader, payload: 7 }),
  line('traces', 'f', { headers: [SECRETS.envelopeHeader], payload: 7 }),
  nested,
  `2026-01-01T00:00:00Z\tid\tINFO\t${line('traces', 'g', { headers, payload: '####' })}`,
  // The platform cut them, within the headers and after.
  ...[10, 30, 60].map((length) => whole.slice(0, whole.indexOf('"headers"') + length)),
  whole.slice(0, -1),
  whole.replace('"headers"', String.raw`"\u0068eaders"`).slice(0, -1),
  `said: ${whole}`,
];
