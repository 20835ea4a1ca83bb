import { Token } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { OtlpForwarderProps } from './props.ts';

/** Percent-encoded as variables of OpenTelemetry want it, but for references and what is known only when it is deployed. */
const encoded = (value: string): string =>
  Token.isUnresolved(value) || value.includes('${') ? value : encodeURIComponent(value);

const headersOf = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`)
    .join(',');

/** The variables of both functions; neither processes the log of the other. */
export const variablesOf = (
  { endpoint, headers = {} }: OtlpForwarderProps,
  bucket: Bucket,
  own: readonly ILogGroup[],
): Record<string, string> => ({
  ...(endpoint !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
  ...(Object.keys(headers).length > 0 && { OTEL_EXPORTER_OTLP_HEADERS: headersOf(headers) }),
  OTLP_FORWARDER_DEAD_LETTER: `s3://${bucket.bucketName}`,
  OTLP_FORWARDER_OWN_LOG_GROUPS: own.map(({ logGroupName }) => logGroupName).join(','),
});
