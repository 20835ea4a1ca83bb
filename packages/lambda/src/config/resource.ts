import type { Attributes } from '@opentelemetry/api';
import { SDK_INFO } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { pairsOf } from '@serverless-otlp/stdout-exporter/parts';
import type { TelemetryOptions } from '../options.ts';
import { environment } from './environment.ts';
import { sandbox } from './lambda-environment.ts';
import { warnOnce } from './warn-once.ts';

const BYTES_PER_MB = 1_048_576;

const defined = (attributes: Readonly<Record<string, Attributes[string]>>): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** Source: https://opentelemetry.io/docs/specs/semconv/resource/faas/ and …/cloud-provider/aws/logs/, read 2026-11-21. */
const detected = (): Attributes => {
  const { functionName, functionVersion, logGroup, logStream, memoryMb, region } = sandbox();
  if (functionName === undefined) return {};
  return defined({
    'service.name': functionName,
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': region,
    'faas.name': functionName,
    'faas.version': functionVersion,
    'faas.instance': logStream,
    'faas.max_memory': memoryMb === undefined ? undefined : memoryMb * BYTES_PER_MB,
    'aws.log.group.names': logGroup === undefined ? undefined : [logGroup],
    'aws.log.stream.names': logStream === undefined ? undefined : [logStream],
  });
};

/** A pair that cannot be read is left out; the standard would leave out all of them. */
const said = (): Attributes => {
  const text = environment('OTEL_RESOURCE_ATTRIBUTES') ?? '';
  const pairs = pairsOf(text);
  if (pairs.size < text.split(',').filter((pair) => pair.trim() !== '').length)
    warnOnce('OTEL_RESOURCE_ATTRIBUTES: what is not key=value is ignored');
  return Object.fromEntries(pairs);
};

/** The SDK's own knows detectors that answer late, of which there are none here. */
const resourceFrom = (attributes: Attributes): Resource => ({
  attributes,
  getRawAttributes: () => Object.entries(attributes),
  merge: (other) => resourceFrom({ ...attributes, ...other?.attributes }),
});

/** What everything says of its function: what Lambda says, then the standard variables, then the options; the later wins. */
export const resourceOf = ({ serviceName, resourceAttributes }: TelemetryOptions): Resource =>
  resourceFrom({
    'service.name': `unknown_service:${process.argv0}`,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': SDK_INFO['telemetry.sdk.version'],
    ...detected(),
    ...said(),
    ...defined({ 'service.name': environment('OTEL_SERVICE_NAME') }),
    ...defined({ ...resourceAttributes, 'service.name': serviceName ?? resourceAttributes?.['service.name'] }),
  });
