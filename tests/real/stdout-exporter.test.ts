import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { PrintOrder } from '../conformance/stdout-exporter/print.ts';
import { printedLines } from '../conformance/stdout-exporter/printed-lines.ts';
import { canonicalRequest } from './canonical.ts';
import { startCollector } from './collector.ts';
import { startHandler } from './handler.ts';
import { itemsOf } from './items.ts';
import { reportLines } from './printed.ts';
import { requestType, SIGNALS, type Signal } from './schema.ts';
import { type Items, sortedItems } from './sent.ts';
import { subscriptionEvent } from './subscription-event.ts';
import { generateRequest } from './telemetry.ts';

interface Request {
  readonly signal: Signal;
  readonly bytes: Uint8Array;
}

/** Three requests of each signal, of three, one and many items. */
const REQUESTS: readonly Request[] = SIGNALS.flatMap((signal) =>
  [3, 1, 40].map((items) => ({ signal, bytes: generateRequest(signal, `${signal} ${items}`, items) })),
);

/** What was given to the exporter, read by a decoder that is not ours. */
const itemsGiven = (requests: readonly Request[]): Items => {
  const items = (wanted: Signal): string[] =>
    requests
      .filter(({ signal }) => signal === wanted)
      .flatMap(({ bytes }) => itemsOf(wanted, canonicalRequest(wanted, requestType(wanted).decode(bytes), 'protobuf')));
  return sortedItems({ traces: items('traces'), metrics: items('metrics'), logs: items('logs') });
};

interface Report {
  readonly balanced: boolean;
  readonly lines: Readonly<Record<'in' | 'decoded' | 'ignored' | 'quarantined', number>>;
}

/** What the real Collector has after the built forwarder was invoked with these lines, and what that reported. */
const forward = async (lines: readonly string[]): Promise<{ readonly received: Items; readonly report: Report }> => {
  const collector = await startCollector(inject('parts').collector);
  onTestFinished(async () => {
    await collector.stop();
  });
  const handler = await startHandler(inject('bundle'), { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  onTestFinished(async () => {
    await handler.stop();
  });
  expect(await handler.invoke(subscriptionEvent(lines))).toEqual({ succeeded: true });
  const [report = ''] = reportLines(await handler.stop());
  return { report: JSON.parse(report) as Report, received: await collector.stop() };
};

const FORMATS = ['compatible', 'compact', 'otlp_json'] as const;

/** Room for any one of the items, and for few more. */
const SHORT_LINE_BYTES = { compatible: 2500, compact: 2000, otlp_json: 8000 } as const;

describe.each(FORMATS)(
  'what the built exporter prints as %s, through the built forwarder into the real Collector',
  (format) => {
    const orders = (options: PrintOrder['options']): readonly PrintOrder[] =>
      REQUESTS.map(({ signal, bytes }) => ({
        signal,
        base64: Buffer.from(bytes).toString('base64'),
        options: { format, source: 'checkout', ...options },
      }));

    it.each(['one line a request', 'E3: split into short lines'])(
      'three signals arrive, item by item: %s',
      async (title) => {
        const split = title.startsWith('E3');
        const maxLineBytes = split ? SHORT_LINE_BYTES[format] : 1_000_000;
        const lines = await printedLines('built', orders({ maxLineBytes }));
        if (split) expect(lines.length).toBeGreaterThan(REQUESTS.length);
        else expect(lines).toHaveLength(REQUESTS.length);
        expect(lines.filter((line) => Buffer.byteLength(line) > maxLineBytes)).toEqual([]);
        const { received, report } = await forward(lines);
        expect(received).toEqual(itemsGiven(REQUESTS));
        const counts = { in: lines.length, decoded: lines.length, ignored: 0, quarantined: 0 };
        expect(report).toMatchObject({ balanced: true, lines: counts });
      },
    );
  },
);
