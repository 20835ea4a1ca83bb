import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  type Resource,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import type { TelemetryOptions } from '../options.ts';
import { sandbox } from './lambda-environment.ts';

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

/** What everything says of its function: what Lambda says, then the standard variables, then the options; the later wins. */
export const resourceOf = ({ serviceName, resourceAttributes }: TelemetryOptions): Resource =>
  defaultResource()
    .merge(resourceFromAttributes(detected()))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] }))
    .merge(
      resourceFromAttributes(
        defined({ ...resourceAttributes, 'service.name': serviceName ?? resourceAttributes?.['service.name'] }),
      ),
    );
