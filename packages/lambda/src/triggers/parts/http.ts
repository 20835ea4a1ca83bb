import { SpanKind } from '@opentelemetry/api';
import type { Description } from '../../trigger.ts';
import { attributesOf } from './attributes.ts';
import { carrierIn, headersNamed, TRACE_HEADERS } from './carrier.ts';
import { type Fields, MAX_TEXT } from './read.ts';

/** What an event says about an HTTP request. */
export interface HttpRequest {
  readonly method: string | undefined;
  /** The template of the path. Left out where the event knows the path only: a name of many values is none. */
  readonly route?: string | undefined;
  readonly path: string | undefined;
  readonly query?: string | undefined;
  readonly headers: Fields;
  /** When there is no `x-forwarded-proto`. */
  readonly scheme?: string;
  readonly clientAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly host?: string | undefined;
  /** Such as `HTTP/1.1`. */
  readonly protocol?: string | undefined;
}

const METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|QUERY)$/;
const WANTED: ReadonlySet<string> = new Set([
  ...['host', 'user-agent', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'],
  ...TRACE_HEADERS,
]);

const portOf = (port: string | undefined): number | undefined =>
  port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : undefined;

/**
 * The server span of an HTTP request (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span), named
 * `{method} {route}`, or the method alone where no route is known.
 */
export const describeHttp = (request: HttpRequest): Description => {
  const { method, route, headers } = request;
  const header = headersNamed(headers, WANTED);
  const known = method !== undefined && METHOD.test(method) ? method : undefined;
  const verb = known ?? 'HTTP';
  const carrier = carrierIn(header);
  return {
    name: route === undefined ? verb : `${verb} ${route.slice(0, 256)}`,
    kind: SpanKind.SERVER,
    attributes: attributesOf({
      'faas.trigger': 'http',
      'http.request.method': known ?? '_OTHER',
      'http.request.method_original': known === undefined ? method?.slice(0, 64) : undefined,
      'http.route': route,
      'url.path': request.path,
      'url.query': request.query === '' ? undefined : request.query,
      'url.scheme': header['x-forwarded-proto']?.slice(0, 16) ?? request.scheme ?? 'https',
      'server.address': request.host ?? header['host']?.replace(/:\d+$/, '').slice(0, MAX_TEXT),
      'server.port': portOf(header['x-forwarded-port']),
      'client.address': request.clientAddress ?? header['x-forwarded-for']?.split(',', 1)[0]?.trim().slice(0, 64),
      'user_agent.original': header['user-agent']?.slice(0, MAX_TEXT) ?? request.userAgent,
      'network.protocol.version': /^HTTP\/(\d(?:\.\d)?)$/.exec(request.protocol ?? '')?.[1],
    }),
    ...(carrier !== undefined && { carrier }),
  };
};
