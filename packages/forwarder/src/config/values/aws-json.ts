import type { Environment } from '../endpoint.ts';
import { type AwsService, endpointOf } from './aws-json-endpoint.ts';
import type { AwsFailure, Asked } from './aws-json-failure.ts';
import { awsSender, type AwsSenderOptions } from './aws-json-send.ts';

/** What every source of values at AWS needs. */
export interface AwsSourceOptions extends AwsSenderOptions {
  /** Region and endpoints are read from it. */
  readonly env: Environment;
  /** Default: that of the variables. */
  readonly region?: string;
  /** Another endpoint than AWS's own; wins over the variables. */
  readonly endpoint?: string;
}

/** The fields of an answer, or what there is instead of one. */
export type JsonReply =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly failure: AwsFailure; readonly asked: Pick<Asked, 'host' | 'service' | 'region'> };

/** Calls an action in a Region, until `endMs` of the clock. Never rejects. */
export type JsonCaller = (action: string, input: object, region: string, endMs: number) => Promise<JsonReply>;

const fieldsOf = (body: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};

/** A service that speaks AWS JSON 1.1: one path, the action in a header. `prefix` is before the action's name there. */
export const jsonCaller = (service: AwsService, prefix: string, options: AwsSourceOptions): JsonCaller => {
  const send = awsSender(options);
  const endpoints = new Map<string, ReturnType<typeof endpointOf>>();
  const endpointIn = (region: string): ReturnType<typeof endpointOf> => {
    const known = endpoints.get(region) ?? endpointOf(service, region, options.env, options.endpoint);
    endpoints.set(region, known);
    return known;
  };

  return async (action, input, region, endMs) => {
    const endpoint = endpointIn(region);
    if ('problem' in endpoint) {
      const failure = { code: 'no_endpoint', detail: endpoint.problem, retryable: false };
      return { failure, asked: { host: service, service, region } };
    }
    const { url } = endpoint;
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${prefix}.${action}` };
    const reply = await send({ service, region, url, headers, body: JSON.stringify(input) }, endMs);
    const asked = { host: url.host, service, region };
    if ('failure' in reply) return { failure: reply.failure, asked };
    const fields = fieldsOf(reply.body);
    return fields === undefined
      ? { failure: { code: 'broken answer', detail: '', retryable: true }, asked }
      : { fields };
  };
};
