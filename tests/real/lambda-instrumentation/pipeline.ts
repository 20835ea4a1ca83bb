import { collectorSite } from '../collector.ts';
import { startHandler } from '../handler.ts';
import { startRelay } from '../relay.ts';
import { type Items, itemsOfLines, sortedItems } from '../sent.ts';
import { subscriptionEvent } from '../subscription-event.ts';
import { waitFor } from '../wait.ts';
import { type Telemetry, telemetryOf } from './telemetry.ts';

const WRITE_TIMEOUT_MS = 20_000;

/** The real forwarder before the real Collector. */
export interface Pipeline {
  /**
   * Hands lines to the forwarder as CloudWatch Logs does, and resolves to what the Collector wrote of this service. Throws unless that is,
   * item by item, what the lines say, read by an independent decoder.
   */
  readonly deliver: (lines: readonly string[], service: string) => Promise<Telemetry>;
  readonly stop: () => Promise<void>;
}

const isTelemetry = (line: string): boolean => line.startsWith('{"__otel_otlp_stdout"');

/** Items of one service; its name is in the resource of each. */
const ofService = (items: Items, service: string): Items => {
  const mine = (list: readonly string[]): readonly string[] =>
    list.filter((item) => item.includes(`{"key":"service.name","value":{"stringValue":"${service}"}}`));
  return sortedItems({ traces: mine(items.traces), metrics: mine(items.metrics), logs: mine(items.logs) });
};

/** Starts both. */
export const startPipeline = async (collectorBinary: string, bundle: string): Promise<Pipeline> => {
  const collector = await collectorSite(collectorBinary);
  await collector.start();
  const relay = await startRelay(collector.endpoint);
  const forwarder = await startHandler(bundle, { OTEL_EXPORTER_OTLP_ENDPOINT: relay.endpoint });
  return {
    deliver: async (lines, service) => {
      const said = JSON.stringify(ofService(itemsOfLines(lines.filter(isTelemetry)), service));
      const answer = await forwarder.invoke(subscriptionEvent(lines));
      if (!answer.succeeded) throw new Error(`The forwarder failed: ${JSON.stringify(answer)}`);
      return waitFor(`what ${service} says in the Collector`, WRITE_TIMEOUT_MS, () => {
        const items = ofService(collector.items(), service);
        return JSON.stringify(items) === said ? telemetryOf(items, service) : undefined;
      });
    },
    stop: async () => {
      await forwarder.stop();
      await relay.stop();
      await collector.remove();
    },
  };
};
