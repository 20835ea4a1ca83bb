import { SpanStatusCode } from '@opentelemetry/api';
import type { Answer } from '../../trigger.ts';
import { at, fieldsOf, listAt, numberAt } from './read.ts';

const answerOf = (status: number | undefined): Answer => {
  if (status === undefined || !Number.isInteger(status) || status < 100 || status > 599) return { attributes: {} };
  const attributes = { 'http.response.status_code': status };
  // For a server only 5xx is an error: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
  return status < 500
    ? { attributes }
    : { attributes: { ...attributes, 'error.type': String(status) }, status: { code: SpanStatusCode.ERROR } };
};

/** The status code of a response that has to have one. */
export const respondHttp = (result: unknown): Answer => answerOf(numberAt(result, 'statusCode'));

const isDecision = (result: unknown): boolean =>
  typeof at(result, 'isAuthorized') === 'boolean' || fieldsOf(at(result, 'policyDocument')) !== undefined;

/**
 * The status code of a response in payload format 2.0: a result without one is sent with 200
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, read 2026-11-21).
 * The decision of an authorizer is no response.
 */
export const respondHttp2 = (result: unknown): Answer => {
  if (isDecision(result)) return { attributes: {} };
  return answerOf(at(result, 'statusCode') === undefined ? 200 : numberAt(result, 'statusCode'));
};

/** How many messages of a batch a handler reports as failed; the span is an error if there are any. */
export const respondBatch = (result: unknown): Answer => {
  const failures = listAt(result, 'batchItemFailures').length;
  if (failures === 0) return { attributes: {} };
  return {
    attributes: { 'serverless_otlp.batch.failures': failures, 'error.type': 'batch_item_failures' },
    status: { code: SpanStatusCode.ERROR, message: `${failures} batch item failures` },
  };
};
