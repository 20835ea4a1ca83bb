import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import type { Carrier } from '../trigger.ts';
import { TRIGGERS } from './index.ts';
import { TRACE_HEADERS } from './parts/carrier.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');

/** Every event there is. */
export const seeds: readonly Uint8Array[] = ['lambda-events', 'traced-events'].flatMap((folder) =>
  readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => readFileSync(join(fixtures, folder, file))),
);

const context = { awsRequestId: 'id', invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders' };

const eventOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return Buffer.from(bytes).toString();
  }
};

const checkAttributes = (attributes: Attributes): void => {
  for (const [name, value] of Object.entries(attributes)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values) {
      if (typeof one === 'string' ? one.length > 4200 : typeof one !== 'number')
        throw new Error(`${name} is unbounded`);
      if (typeof one === 'number' && !Number.isFinite(one)) throw new Error(`${name} is no number`);
    }
  }
};

const checkCarrier = (carrier: Carrier): void => {
  for (const [name, value] of Object.entries(carrier)) {
    if (!TRACE_HEADERS.has(name)) throw new Error(`${name} carries no trace`);
    if (value.length > 8192 || !/^[\x20-\x7e]+$/.test(value)) throw new Error(`${name} is no header`);
  }
};

/** An arbitrary event: nothing throws, whoever describes it, and what is said of it is bounded. */
export const fuzz = (bytes: Uint8Array): void => {
  const event = eventOf(bytes);
  for (const trigger of TRIGGERS) {
    if (trigger.matches(event)) {
      const { name, attributes, carrier, links = [], queuedMs = 0 } = trigger.describe(event, context);
      if (name.length > 600) throw new Error(`a name of ${name.length} characters`);
      if (links.length > 128) throw new Error(`${links.length} links`);
      if (!(queuedMs >= 0 && Number.isFinite(queuedMs))) throw new Error(`queued for ${queuedMs}`);
      checkAttributes(attributes);
      for (const one of [carrier ?? {}, ...links]) checkCarrier(one);
    }
    const { attributes = {} } = trigger.respond?.(event) ?? {};
    checkAttributes(attributes);
  }
};
