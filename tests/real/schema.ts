import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import protobuf from 'protobufjs';

const SCHEMA = join(import.meta.dirname, '../../packages/otlp/schema/otlp-schema-v1.11.json');

const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(SCHEMA, 'utf8')) as protobuf.INamespace).resolveAll();

/** The three signals, spelled out here because these tests share no code with what they test. */
export const SIGNALS = ['traces', 'metrics', 'logs'] as const;
/** One of the three signals. */
export type Signal = (typeof SIGNALS)[number];

const SERVICES: Readonly<Record<Signal, string>> = { traces: 'trace', metrics: 'metrics', logs: 'logs' };

/** The request message of a signal, by an independent implementation of protobuf: the oracle of these tests. */
export const requestType = (signal: Signal): protobuf.Type => {
  const service = SERVICES[signal];
  const name = `Export${service.charAt(0).toUpperCase()}${service.slice(1)}ServiceRequest`;
  return root.lookupType(`opentelemetry.proto.collector.${service}.v1.${name}`);
};

/** A field name as OTLP/JSON spells it. */
export const jsonName = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
