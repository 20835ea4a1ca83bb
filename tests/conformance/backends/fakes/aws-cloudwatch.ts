import { encodeExportResponse, type Signal } from '@serverless-otlp/otlp';
import { protobufjsOracle } from '@serverless-otlp/testing';
import type { HttpFakeAnswer } from '@serverless-otlp/testing/fake-collector';
import { statusAnswer } from './answers.ts';
import { type AwsSigner, signatureFault } from './aws-signature.ts';
import { type Backend, type BackendRequest, protobufOf, type Rule } from './backend.ts';
import { contentEncoding, contentType, JSON_TYPE, maxBytes, maxItems, must, only, PROTOBUF } from './rules.ts';

/** An account in one Region. */
export interface AwsAccount {
  readonly region: string;
  readonly signer: AwsSigner;
  /** Streams that exist. */
  readonly logGroup: string;
  readonly logStream: string;
  /** Whether Transaction Search is switched on; default true. */
  readonly transactionSearch?: boolean;
}

const SERVICES = { traces: 'xray', metrics: 'monitoring', logs: 'logs' } as const;

interface Logs {
  readonly resourceLogs?: readonly {
    readonly scopeLogs?: readonly { readonly logRecords?: readonly { readonly timeUnixNano?: string }[] }[];
  }[];
}

const FORTNIGHT_MS = 14 * 86_400_000;

/** Log records that are older than 14 days are left out and counted. */
const accept = (request: BackendRequest): HttpFakeAnswer => {
  if (request.signal !== 'logs') return {};
  const { resourceLogs = [] } = protobufjsOracle.decode('logs', protobufOf(request)) as Logs;
  const records = resourceLogs.flatMap(({ scopeLogs = [] }) => scopeLogs.flatMap(({ logRecords = [] }) => logRecords));
  const old = records.filter(({ timeUnixNano = '0' }) => Number(timeUnixNano) / 1e6 < Date.now() - FORTNIGHT_MS);
  if (old.length === 0) return {};
  const partial = { rejectedItems: old.length, message: `{"tooOldLogEventCount": ${old.length}}` };
  return { headers: { 'content-type': PROTOBUF }, body: encodeExportResponse('logs', partial, 'protobuf') };
};

const signed =
  ({ region, signer }: AwsAccount): Rule =>
  (request) => {
    const service = request.signal === undefined ? '' : SERVICES[request.signal];
    const fault = signatureFault(request, { service, region }, signer);
    return fault === undefined ? undefined : statusAnswer(403, fault);
  };

const isAt = (region: string, { method, host, path, signal }: BackendRequest): boolean =>
  method === 'POST' &&
  signal !== undefined &&
  host === `${SERVICES[signal]}.${region}.amazonaws.com` &&
  path === `/v1/${signal}`;

const LIMITS: Readonly<Record<'bytes' | 'items', Readonly<Record<Signal, number>>>> = {
  bytes: { traces: 5_000_000, metrics: 1_000_000, logs: 1_000_000 },
  items: { traces: 10_000, metrics: 1_000, logs: 10_000 },
};

/**
 * The OTLP endpoints of CloudWatch and X-Ray: docs.aws.amazon.com, CloudWatch user guide, "OTLP endpoints" and its troubleshooting;
 * CloudWatch Logs user guide, "Sending logs using the OTLP endpoint". Documented: the hosts, headers, encodings, limits, 403 and its
 * words for credentials, the words where Transaction Search is off, partial success of logs. That what breaks a limit is 413, and what
 * lacks a header 400, and the words of both, are the fake's own. The other Region has another account.
 */
export const awsCloudwatch = (account: AwsAccount): Backend => ({
  name: 'aws-cloudwatch',
  hosts: /^(?:xray|logs|monitoring)\.[a-z0-9-]+\.amazonaws\.com$/,
  rules: [
    must((request) => isAt(account.region, request), statusAnswer(404, 'not found')),
    signed(account),
    must(
      ({ signal }) => signal !== 'traces' || account.transactionSearch !== false,
      statusAnswer(400, 'The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination.'),
    ),
    only(['logs'], ({ headers }) =>
      headers['x-aws-log-group'] === undefined || headers['x-aws-log-stream'] === undefined
        ? statusAnswer(400, 'x-aws-log-group and x-aws-log-stream are required')
        : undefined,
    ),
    only(
      ['logs'],
      must(
        ({ headers }) =>
          headers['x-aws-log-group'] === account.logGroup && headers['x-aws-log-stream'] === account.logStream,
        statusAnswer(400, 'The specified log group or log stream does not exist.'),
      ),
    ),
    contentType([PROTOBUF, JSON_TYPE], statusAnswer(415, 'unsupported content type')),
    contentEncoding(['gzip'], statusAnswer(415, 'unsupported compression')),
    maxBytes(LIMITS.bytes, statusAnswer(413, 'the request is too large')),
    maxItems(LIMITS.items, statusAnswer(413, 'the request has too many items')),
  ],
  accept,
});
