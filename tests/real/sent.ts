import { gunzipSync } from 'node:zlib';

import { canonicalRequest } from './canonical.ts';
import { itemsOf } from './items.ts';
import { requestType, SIGNALS, type Signal } from './schema.ts';

/** Items of each signal, in canonical form and sorted. */
export type Items = Readonly<Record<Signal, readonly string[]>>;

/** The same items in the order that makes two sets comparable. */
export const sortedItems = (items: Items): Items => ({
  traces: [...items.traces].sort(),
  metrics: [...items.metrics].sort(),
  logs: [...items.logs].sort(),
});

const KEYS: Readonly<Record<string, Signal>> = {
  resourceSpans: 'traces',
  resourceMetrics: 'metrics',
  resourceLogs: 'logs',
};

type Line = Readonly<Record<string, string | boolean | undefined>>;

const envelopeItems = (line: Line): readonly [Signal, readonly string[]] => {
  const signal = SIGNALS.find((name) => String(line['endpoint']).endsWith(`/v1/${name}`));
  if (signal === undefined) throw new Error('An envelope of no signal');
  const packed = Buffer.from(String(line['payload']), line['base64'] === true ? 'base64' : 'utf8');
  const payload = line['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
  const request =
    line['content-type'] === 'application/json'
      ? canonicalRequest(signal, JSON.parse(payload.toString('utf8')), 'json')
      : canonicalRequest(signal, requestType(signal).decode(payload), 'protobuf');
  return [signal, itemsOf(signal, request)];
};

const lineItems = (text: string): readonly [Signal, readonly string[]] => {
  const line = JSON.parse(text) as Line;
  const signal = Object.keys(KEYS).find((key) => key in line);
  if (signal === undefined) return envelopeItems(line);
  const found = KEYS[signal] ?? 'traces';
  return [found, itemsOf(found, canonicalRequest(found, line, 'json'))];
};

/** What lines of telemetry say, read by an independent decoder. */
export const itemsOfLines = (lines: readonly string[]): Items => {
  const items: Record<Signal, string[]> = { traces: [], metrics: [], logs: [] };
  for (const line of lines) {
    const [signal, found] = lineItems(line);
    items[signal].push(...found);
  }
  return sortedItems(items);
};
