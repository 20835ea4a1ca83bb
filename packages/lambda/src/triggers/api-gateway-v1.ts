import type { Trigger } from '../trigger.ts';
import { describeHttp } from './parts/http.ts';
import { queryOfDecoded } from './parts/query.ts';
import { at, type Fields, fieldsOf, textAt } from './parts/read.ts';
import { respondHttp } from './parts/respond.ts';

/**
 * A request to a REST API, or to an HTTP API in payload format 1.0; a REQUEST authorizer's, too.
 *
 * The route is the resource, such as `/orders/{id}` or `/{proxy+}`.
 */
export const apiGatewayV1: Trigger<Fields> = {
  name: 'api_gateway_v1',
  matches: (event): event is Fields =>
    textAt(event, 'httpMethod') !== undefined &&
    textAt(event, 'resource') !== undefined &&
    textAt(event, 'requestContext', 'requestId') !== undefined &&
    at(event, 'requestContext', 'elb') === undefined,
  describe: (event) =>
    describeHttp({
      method: textAt(event, 'httpMethod'),
      route: textAt(event, 'resource'),
      path: textAt(event, 'path'),
      query: queryOfDecoded(at(event, 'multiValueQueryStringParameters'), at(event, 'queryStringParameters')),
      headers: fieldsOf(at(event, 'headers')) ?? fieldsOf(at(event, 'multiValueHeaders')) ?? {},
      clientAddress: textAt(event, 'requestContext', 'identity', 'sourceIp'),
      userAgent: textAt(event, 'requestContext', 'identity', 'userAgent'),
      host: textAt(event, 'requestContext', 'domainName'),
      protocol: textAt(event, 'requestContext', 'protocol'),
    }),
  respond: respondHttp,
};
