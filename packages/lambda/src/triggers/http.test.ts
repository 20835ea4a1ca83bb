import { describe, expect, it } from 'vitest';
import type { Carrier, Description } from '../trigger.ts';
import { alb } from './alb.ts';
import { apiGatewayV1 } from './api-gateway-v1.ts';
import { apiGatewayV2 } from './api-gateway-v2.ts';
import { functionUrl } from './function-url.ts';
import { vpcLatticeV1 } from './vpc-lattice.ts';
import { websocket } from './websocket.ts';

const context = { awsRequestId: 'id', invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders' };

const v2 = (routeKey: string, more: object = {}): Description =>
  apiGatewayV2.describe(
    { routeKey, rawPath: '/orders/42', requestContext: { http: { method: 'GET' }, domainName: 'a' }, ...more },
    context,
  );

const withHeaders = (headers: unknown): Carrier | undefined => v2('GET /a', { headers }).carrier;

describe('HTTP triggers', () => {
  it('names a request of an HTTP API by method and route, the method once', () => {
    expect(v2('GET /orders/{id}').name).toBe('GET /orders/{id}');
    expect(v2('ANY /orders/{id}').name).toBe('GET /orders/{id}');
    expect(v2('ANY /orders/{id}').attributes['http.route']).toBe('/orders/{id}');
  });

  it('takes neither $default nor the path for a route', () => {
    expect(v2('$default').name).toBe('GET');
    expect(v2('$default').attributes).not.toHaveProperty('http.route');
    expect(v2('$default').attributes['url.path']).toBe('/orders/42');
  });

  it('never names a request of a load balancer by its path', () => {
    const span = alb.describe(
      { httpMethod: 'GET', path: '/users/42', requestContext: { elb: {} }, headers: {} },
      context,
    );
    expect(span.name).toBe('GET');
    expect(span.attributes).not.toHaveProperty('http.route');
  });

  it('calls a method that is none _OTHER, and the span HTTP', () => {
    const span = v2('$default', { requestContext: { http: { method: 'brew' }, domainName: 'a' } });
    expect(span.name).toBe('HTTP');
    expect(span.attributes).toMatchObject({ 'http.request.method': '_OTHER', 'http.request.method_original': 'brew' });
  });

  it('finds headers whatever their case, and others of the wrong type do not hide them', () => {
    expect(withHeaders({ TraceParent: 'a', 'X-AMZN-Trace-Id': 'b', accept: 7, via: null })).toEqual({
      traceparent: 'a',
      'x-amzn-trace-id': 'b',
    });
  });

  it.each([undefined, null, 7, 'traceparent', ['traceparent'], {}, { traceparent: '' }, { traceparent: { a: 1 } }])(
    'has no parent with headers %j',
    (headers) => {
      expect(withHeaders(headers)).toBeUndefined();
    },
  );

  it('refuses header values that never were header values', () => {
    expect(withHeaders({ traceparent: 'a\r\nx: y' })).toBeUndefined();
    expect(withHeaders({ baggage: 'ü=1' })).toBeUndefined();
    expect(withHeaders({ baggage: `a=${'x'.repeat(9000)}` })).toBeUndefined();
  });

  it('joins several baggage and tracestate values; two traceparents are none', () => {
    expect(withHeaders({ baggage: ['a=1', 'b=2'], tracestate: ['c=3'], traceparent: ['x', 'y'] })).toEqual({
      baggage: 'a=1,b=2',
      tracestate: 'c=3',
    });
  });

  it('encodes the parameters a REST API has decoded, lone surrogates and all', () => {
    const span = apiGatewayV1.describe({ queryStringParameters: { 'a b': '\ud800', c: 'd&e' } }, context);
    expect(span.attributes['url.query']).toBe('a+b=%EF%BF%BD&c=d%26e');
  });

  it('leaves the parameters of a load balancer as they were sent', () => {
    const span = alb.describe({ queryStringParameters: { q: 'a%20b' } }, context);
    expect(span.attributes['url.query']).toBe('q=a%20b');
  });

  it('cuts a query and a path of megabytes', () => {
    const long = 'x'.repeat(6_000_000);
    const span = apiGatewayV1.describe({ path: long, queryStringParameters: { [long]: long, b: long } }, context);
    expect(String(span.attributes['url.path'])).toHaveLength(2048);
    expect(String(span.attributes['url.query']).length).toBeLessThanOrEqual(2048);
  });

  it('tells the path of VPC Lattice v1 from its query', () => {
    expect(vpcLatticeV1.describe({ raw_path: '/a?b=c' }, context).attributes['url.path']).toBe('/a');
  });

  it('says the status code; 4xx is no error, 5xx is', () => {
    for (const trigger of [apiGatewayV1, apiGatewayV2, functionUrl, alb, vpcLatticeV1, websocket]) {
      expect(trigger.respond?.({ statusCode: 204 })).toEqual({ attributes: { 'http.response.status_code': 204 } });
      expect(trigger.respond?.({ statusCode: '404' })).toEqual({ attributes: { 'http.response.status_code': 404 } });
      expect(trigger.respond?.({ statusCode: 503 })).toEqual({
        attributes: { 'http.response.status_code': 503, 'error.type': '503' },
        status: { code: 2 },
      });
    }
  });

  it('takes no number that is none for a status code', () => {
    for (const statusCode of [Number.NaN, 0, 99, 600, 200.5, '2OO', {}, [200], null]) {
      expect(apiGatewayV1.respond?.({ statusCode })).toEqual({ attributes: {} });
    }
  });

  it('answers 200 for a result without status code in payload format 2.0, but not for the decision of an authorizer', () => {
    for (const result of ['hello', { message: 'hello' }, undefined]) {
      expect(apiGatewayV2.respond?.(result)).toEqual({ attributes: { 'http.response.status_code': 200 } });
    }
    expect(apiGatewayV2.respond?.({ isAuthorized: false })).toEqual({ attributes: {} });
    expect(apiGatewayV2.respond?.({ principalId: 'me', policyDocument: {} })).toEqual({ attributes: {} });
    expect(apiGatewayV1.respond?.('hello')).toEqual({ attributes: {} });
  });
});
