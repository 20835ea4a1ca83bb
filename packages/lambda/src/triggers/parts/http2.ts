import type { Description } from '../../trigger.ts';
import { describeHttp } from './http.ts';
import { at, type Fields, fieldsOf, textAt } from './read.ts';

/** Whether an event has payload format 2.0, which HTTP APIs and function URLs share. */
export const isHttp2 = (event: unknown): event is Fields =>
  textAt(event, 'requestContext', 'http', 'method') !== undefined &&
  textAt(event, 'requestContext', 'domainName') !== undefined &&
  textAt(event, 'routeKey') !== undefined;

/** Whether the host of an event is a function's own. */
export const isFunctionUrl = (event: unknown): boolean =>
  textAt(event, 'requestContext', 'domainName')?.includes('.lambda-url.') ?? false;

/** `GET /orders/{id}` says the method as well, `$default` names no route. */
const routeOf = (routeKey: string | undefined): string | undefined => {
  const route = routeKey?.slice(routeKey.indexOf(' ') + 1);
  return route?.startsWith('/') ? route : undefined;
};

/** The span of a request in payload format 2.0. */
export const describeHttp2 = (event: Fields): Description =>
  describeHttp({
    method: textAt(event, 'requestContext', 'http', 'method'),
    route: routeOf(textAt(event, 'routeKey')),
    path: textAt(event, 'rawPath') ?? textAt(event, 'requestContext', 'http', 'path'),
    query: textAt(event, 'rawQueryString'),
    headers: fieldsOf(at(event, 'headers')) ?? {},
    clientAddress: textAt(event, 'requestContext', 'http', 'sourceIp'),
    userAgent: textAt(event, 'requestContext', 'http', 'userAgent'),
    host: textAt(event, 'requestContext', 'domainName'),
    protocol: textAt(event, 'requestContext', 'http', 'protocol'),
  });
