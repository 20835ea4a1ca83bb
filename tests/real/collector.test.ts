import { inject, expect, describe, it, onTestFinished } from 'vitest';

import { startCollector } from './collector.ts';
import { envelope, generatedEnvelope } from './envelope.ts';
import { envelopeLines, otlpJsonLines } from './fixtures.ts';
import { startHandler } from './handler.ts';
import { reportLines } from './printed.ts';
import { startRelay } from './relay.ts';
import { SIGNALS, type Signal } from './schema.ts';
import { type Items, itemsOfLines } from './sent.ts';
import { subscriptionEvent } from './subscription-event.ts';
import { generateRequest } from './telemetry.ts';

interface Wire {
  readonly contentType: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly compression: 'gzip' | 'none';
}

const WIRES: readonly Wire[] = [
  { protocol: 'http/protobuf', contentType: 'application/x-protobuf', compression: 'gzip' },
  { protocol: 'http/protobuf', contentType: 'application/x-protobuf', compression: 'none' },
  { protocol: 'http/json', contentType: 'application/json', compression: 'gzip' },
  { protocol: 'http/json', contentType: 'application/json', compression: 'none' },
];

interface Forwarded {
  readonly received: Items;
  readonly reports: readonly Report[];
  /** Content type and content encoding of every request. */
  readonly traveled: ReadonlySet<string>;
}

interface Report {
  readonly balanced: boolean;
  readonly lines: Readonly<Record<'in' | 'decoded' | 'ignored' | 'quarantined', number>>;
}

/** Sends one event after the other through the built handler into a fresh Collector. */
const forward = async (wire: Wire, events: readonly unknown[]): Promise<Forwarded> => {
  const collector = await startCollector(inject('parts').collector);
  onTestFinished(async () => {
    await collector.stop();
  });
  const relay = await startRelay(collector.endpoint);
  onTestFinished(relay.stop);
  const handler = await startHandler(inject('bundle'), {
    OTEL_EXPORTER_OTLP_ENDPOINT: relay.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: wire.protocol,
    OTEL_EXPORTER_OTLP_COMPRESSION: wire.compression,
  });
  onTestFinished(async () => {
    await handler.stop();
  });
  for (const event of events) expect(await handler.invoke(event)).toEqual({ succeeded: true });
  const printed = await handler.stop();
  const traveled = relay.requests.map(
    (headers) => `${headers['content-type'] ?? ''} ${headers['content-encoding'] ?? 'none'}`,
  );
  return {
    reports: reportLines(printed).map((line) => JSON.parse(line) as Report),
    received: await collector.stop(),
    traveled: new Set(traveled),
  };
};

const GZIP_PROTOBUF: Wire = { protocol: 'http/protobuf', contentType: 'application/x-protobuf', compression: 'gzip' };

describe.each(WIRES)('$protocol, compression $compression, into the real Collector', (wire) => {
  it.each(SIGNALS)('what it wrote is what was sent, item by item: %s', async (signal: Signal) => {
    const lines = ['a', 'b', 'c'].flatMap((seed) => [
      generatedEnvelope(signal, seed, 3),
      generatedEnvelope(signal, `${seed} uncompressed`, 1, { gzip: false }),
    ]);
    const { received, reports, traveled } = await forward(wire, [subscriptionEvent(lines)]);
    expect([...traveled]).toEqual([`${wire.contentType} ${wire.compression}`]);
    expect(received).toEqual(itemsOfLines(lines));
    expect(reports).toMatchObject([{ balanced: true, lines: { in: 6, decoded: 6, ignored: 0, quarantined: 0 } }]);
  });

  it('lines of published packages and of the specification arrive as they are', async () => {
    const lines = [...envelopeLines(), ...otlpJsonLines()];
    const { received } = await forward(wire, [subscriptionEvent(envelopeLines()), subscriptionEvent(otlpJsonLines())]);
    expect(received).toEqual(itemsOfLines(lines));
  });
});

describe('one event into the real Collector', () => {
  it('of three signals and a thousand lines arrives whole', async () => {
    const lines = Array.from({ length: 1000 }, (_, index) =>
      generatedEnvelope(SIGNALS[index % 3] ?? 'logs', String(index), 1),
    );
    const { received } = await forward(GZIP_PROTOBUF, [subscriptionEvent(lines)]);
    expect(received).toEqual(itemsOfLines(lines));
  });

  it('D16: good lines arrive in spite of corrupt neighbours', async () => {
    const good = SIGNALS.map((signal) => generatedEnvelope(signal, 'good', 2));
    const whole = generateRequest('traces', 'bad', 2);
    const packed = JSON.parse(generatedEnvelope('traces', 'bad', 2)) as Readonly<Record<string, string>>;
    const corrupt = [
      envelope('traces', whole.subarray(0, whole.length - 3), { gzip: true }),
      envelope('logs', Buffer.from('not a request'), { gzip: false }),
      JSON.stringify({ ...packed, payload: packed['payload']?.slice(0, 100) }),
      JSON.stringify({ ...packed, payload: '*** not base64 ***' }),
      JSON.stringify({ ...packed, 'content-encoding': 'br' }),
    ];
    const other = [
      'START RequestId: 8f507cfc-xmpl-4697-b07a-ac58fc914c95 Version: $LATEST',
      '{"level":"info","msg":"hello"}',
    ];
    const lines = [
      other[0],
      good[0],
      corrupt[0],
      corrupt[1],
      good[1],
      corrupt[2],
      corrupt[3],
      other[1],
      good[2],
      corrupt[4],
    ];
    const { received, reports } = await forward(GZIP_PROTOBUF, [
      subscriptionEvent(lines.filter((line) => line !== undefined)),
    ]);
    expect(received).toEqual(itemsOfLines(good));
    expect(reports).toMatchObject([{ balanced: true, lines: { in: 10, decoded: 3, ignored: 2, quarantined: 5 } }]);
  });
});
