import type { Trigger } from '../trigger.ts';
import { describeHttp } from './parts/http.ts';
import { queryOfRaw } from './parts/query.ts';
import { at, type Fields, fieldsOf, textAt } from './parts/read.ts';
import { respondHttp } from './parts/respond.ts';

/**
 * A request through an Application Load Balancer, with single or multi-value headers. It knows no routes: the span's name is the
 * method, the path an attribute.
 */
export const alb: Trigger<Fields> = {
  name: 'alb',
  matches: (event): event is Fields =>
    textAt(event, 'httpMethod') !== undefined && textAt(event, 'requestContext', 'elb', 'targetGroupArn') !== undefined,
  describe: (event) =>
    describeHttp({
      method: textAt(event, 'httpMethod'),
      path: textAt(event, 'path'),
      query: queryOfRaw(at(event, 'multiValueQueryStringParameters'), at(event, 'queryStringParameters')),
      headers: fieldsOf(at(event, 'headers')) ?? fieldsOf(at(event, 'multiValueHeaders')) ?? {},
      scheme: 'http',
    }),
  respond: respondHttp,
};
