import type { Signal } from '@serverless-otlp/otlp';
import { jsonAnswer } from './answers.ts';
import type { Backend, BackendRequest } from './backend.ts';
import {
  contentEncoding,
  contentType,
  forAll,
  JSON_TYPE,
  maxItems,
  must,
  only,
  PROTOBUF,
  signalPath,
} from './rules.ts';

/** An organisation: its edge deployment, a token that may ingest, and a dataset for each signal. */
export interface AxiomOrganisation {
  readonly host: string;
  readonly token: string;
  readonly datasets: Readonly<Record<Signal, string>>;
}

/** Metrics have a header of their own. */
const datasetOf = ({ signal, headers }: BackendRequest): string =>
  headers[signal === 'metrics' ? 'x-axiom-metrics-dataset' : 'x-axiom-dataset'] ?? '';

/**
 * Axiom: axiom.co/docs, "Send OpenTelemetry data" (paths, headers, a dataset for each signal, protobuf alone for metrics), "Edge
 * deployments" (hosts), "Limits" (10 000 events). Documented for its APIs: 401 without a token, 403 with one that may not. How it
 * refuses a dataset that is missing or of another kind is not; 400 and 404 and the words are the fake's own.
 */
export const axiom = ({ host, token, datasets }: AxiomOrganisation): Backend => ({
  name: 'axiom',
  hosts: /^(?:us-east-1|eu-central-1)\.aws\.edge\.axiom\.co$/,
  rules: [
    signalPath('', jsonAnswer(404, { message: 'not found' })),
    must(
      ({ headers }) => (headers['authorization'] ?? '').startsWith('Bearer '),
      jsonAnswer(401, { message: 'unauthorized' }),
    ),
    must(
      (request) => request.host === host && request.headers['authorization'] === `Bearer ${token}`,
      jsonAnswer(403, { message: 'forbidden' }),
    ),
    must(
      (request) => datasetOf(request) !== '',
      (request) =>
        jsonAnswer(400, {
          message: `missing header ${request.signal === 'metrics' ? 'X-Axiom-Metrics-Dataset' : 'X-Axiom-Dataset'}`,
        }),
    ),
    must(
      (request) => request.signal !== undefined && datasetOf(request) === datasets[request.signal],
      jsonAnswer(404, { message: 'dataset not found' }),
    ),
    only(['metrics'], contentType([PROTOBUF], jsonAnswer(415, { message: 'unsupported media type' }))),
    contentType([PROTOBUF, JSON_TYPE], jsonAnswer(415, { message: 'unsupported media type' })),
    contentEncoding(['gzip', 'zstd'], jsonAnswer(415, { message: 'unsupported content encoding' })),
    maxItems(forAll(10_000), jsonAnswer(413, { message: 'too many events in a batch' })),
  ],
});
