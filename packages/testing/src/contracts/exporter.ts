import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { countItems, sampleTelemetry, snapshot } from './samples.ts';
import type { Delivery, ExporterUnderTest, Outcome, Telemetry } from './structures.ts';

/** An exporter and what has to be closed after it: a fake destination, its connections. */
export interface ExporterCase {
  readonly exporter: ExporterUnderTest;
  readonly close?: () => void | Promise<void>;
}

/** How the suite runs an exporter. */
export interface ExporterContractOptions {
  /** The clock the deadline is read on; give the same one the exporter was given. */
  readonly now?: () => number;
  /** Time an export gets, in ms; default 2000. Make it short for a destination that hangs. */
  readonly timeoutMs?: number;
  /** The outcome every part must have, for a destination that behaves in one way. */
  readonly expects?: Outcome['status'];
}

/** An export whose deadline has passed must be back within this time. */
const PROMPT_MS = 1000;
/** Beyond its deadline, or its abort, an export may take this long to notice. */
const GRACE_MS = 1000;
/** When an export that runs is aborted. */
const ABORT_MS = 50;

const listenersOf = (abort: AbortSignal): number => getEventListeners(abort, 'abort').length;

const checkDeliveries = (telemetry: Telemetry, deliveries: readonly Delivery[]): void => {
  const destinations = new Set(deliveries.map(({ destination }) => destination));
  expect(destinations.size).toBeGreaterThan(0);
  for (const destination of destinations) {
    const parts = deliveries.filter((delivery) => delivery.destination === destination);
    expect(destination).not.toBe('');
    expect(countItems(parts.map((part) => part.telemetry))).toBe(telemetry.request.items);
    for (const { telemetry: part, outcome } of parts) {
      expect(part.request.signal).toBe(telemetry.request.signal);
      expect(part.metadata).toEqual(telemetry.metadata);
      expect(part.records).toEqual(telemetry.records);
      expect(['delivered', 'stored', 'rejected', 'retryable']).toContain(outcome.status);
      if (outcome.status !== 'delivered') expect(outcome.error).toBeInstanceOf(Error);
    }
  }
};

/**
 * Runs an exporter through what docs/specs/component.md asks of every exporter; `open` is called for each check.
 *
 * Call it once for each way its destination may behave: healthy, refusing, failing, hanging.
 *
 * @example exporterContract('otlp_http, healthy', async () => { const c = await fakeCollector(); return { exporter: otlpHttp({ endpoint: c.url }), close: c.close }; });
 */
export const exporterContract = (
  name: string,
  open: () => ExporterCase | Promise<ExporterCase>,
  { now = Date.now, timeoutMs = 2000, expects }: ExporterContractOptions = {},
): void => {
  const withExporter = async (use: (exporter: ExporterUnderTest) => Promise<void>): Promise<void> => {
    const { exporter, close } = await open();
    try {
      await use(exporter);
    } finally {
      await close?.();
    }
  };
  const onePerSignal = (): readonly Telemetry[] =>
    sampleTelemetry()
      .slice(0, 9)
      .filter((_, index) => index % 3 === 2);

  describe(`${name} keeps the exporter contract`, () => {
    it('accounts for every item of every signal', async () => {
      await withExporter(async (exporter) => {
        for (const telemetry of onePerSignal()) {
          const deliveries = await exporter.export(telemetry, now() + timeoutMs);
          checkDeliveries(telemetry, deliveries);
          if (expects === undefined) continue;
          expect(new Set(deliveries.map(({ outcome }) => outcome.status))).toEqual(new Set([expects]));
        }
      });
    });

    it('is back by its deadline', async () => {
      await withExporter(async (exporter) => {
        const started = performance.now();
        for (const telemetry of onePerSignal().slice(0, 1)) await exporter.export(telemetry, now() + timeoutMs);
        expect(performance.now() - started).toBeLessThan(timeoutMs + GRACE_MS);
      });
    });

    it('gives up at once when the deadline has passed, and still accounts for every item', async () => {
      await withExporter(async (exporter) => {
        for (const telemetry of onePerSignal()) {
          const started = performance.now();
          checkDeliveries(telemetry, await exporter.export(telemetry, now() - 1));
          expect(performance.now() - started).toBeLessThan(PROMPT_MS);
        }
      });
    });

    it('gives up at once when its abort has fired, and still accounts for every item', async () => {
      await withExporter(async (exporter) => {
        const abort = AbortSignal.abort(new Error('aborted before'));
        for (const telemetry of onePerSignal()) {
          const started = performance.now();
          checkDeliveries(telemetry, await exporter.export(telemetry, now() + 60_000, abort));
          expect(performance.now() - started).toBeLessThan(PROMPT_MS);
        }
        expect(listenersOf(abort)).toBe(0);
      });
    });

    it('is back soon after its abort fires, and still accounts for every item', async () => {
      await withExporter(async (exporter) => {
        const controller = new AbortController();
        const exports = onePerSignal().map(
          async (telemetry) =>
            [telemetry, await exporter.export(telemetry, now() + 60_000, controller.signal)] as const,
        );
        const started = performance.now();
        setTimeout(() => controller.abort(new Error('aborted meanwhile')), ABORT_MS);
        for (const [telemetry, deliveries] of await Promise.all(exports)) checkDeliveries(telemetry, deliveries);
        expect(performance.now() - started).toBeLessThan(ABORT_MS + GRACE_MS);
        expect(listenersOf(controller.signal)).toBe(0);
      });
    });

    it('leaves no listener on an abort that never fires', async () => {
      await withExporter(async (exporter) => {
        const { signal } = new AbortController();
        for (const telemetry of onePerSignal()) await exporter.export(telemetry, now() + timeoutMs, signal);
        expect(listenersOf(signal)).toBe(0);
      });
    });

    it('keeps exports that run at the same time apart', async () => {
      await withExporter(async (exporter) => {
        const input = sampleTelemetry();
        const results = await Promise.all(input.map((telemetry) => exporter.export(telemetry, now() + timeoutMs)));
        for (const [index, telemetry] of input.entries()) checkDeliveries(telemetry, results[index] ?? []);
      });
    });

    it('leaves its input as it was', async () => {
      await withExporter(async (exporter) => {
        for (const telemetry of onePerSignal()) {
          const before = snapshot(telemetry);
          await exporter.export(telemetry, now() + timeoutMs);
          expect(snapshot(telemetry)).toEqual(before);
        }
      });
    });
  });
};
