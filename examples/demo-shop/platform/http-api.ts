import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Loopback, serve } from './loopback.ts';

/** Invokes a function and resolves to what it returned; rejects when it failed. */
export type Invoke = (name: string, event: object) => Promise<unknown>;

const pathParametersOf = (route: string, path: string): Readonly<Record<string, string>> | undefined => {
  const [names, values] = [route.split('/'), path.split('/')];
  const fits = names.every((name, at) => name.startsWith('{') || name === values[at]);
  if (!fits || names.length !== values.length) return undefined;
  return Object.fromEntries(
    names.flatMap((name, at) => (name.startsWith('{') ? [[name.slice(1, -1), values[at] ?? '']] : [])),
  );
};

const eventOf = (routeKey: string, { headers, method = '', url = '' }: IncomingMessage): object => ({
  version: '2.0',
  routeKey,
  rawPath: url,
  rawQueryString: '',
  headers,
  requestContext: {
    accountId: '000000000000',
    apiId: 'demo',
    domainName: 'demo.execute-api.eu-west-1.amazonaws.com',
    http: { method, path: url, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: headers['user-agent'] ?? '' },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    timeEpoch: Date.now(),
  },
  isBase64Encoded: false,
});

/**
 * An HTTP API as API Gateway has them: turns requests into events in payload format 2.0.
 *
 * @param routes functions by route key, such as `GET /carts/{number}`.
 */
export const startHttpApi = (routes: Readonly<Record<string, string>>, invoke: Invoke): Promise<Loopback> =>
  serve(async (request, body) => {
    for (const [routeKey, name] of Object.entries(routes)) {
      const [method, route = ''] = routeKey.split(' ');
      const pathParameters = request.method === method ? pathParametersOf(route, request.url ?? '') : undefined;
      if (pathParameters === undefined) continue;
      const event = { ...eventOf(routeKey, request), pathParameters, body };
      const { statusCode, body: answer } = (await invoke(name, event)) as { statusCode: number; body: string };
      return { status: statusCode, body: answer };
    }
    return { status: 404, body: '{"message":"Not Found"}' };
  });
