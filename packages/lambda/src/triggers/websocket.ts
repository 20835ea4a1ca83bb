import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf } from './parts/attributes.ts';
import { carrierOf } from './parts/carrier.ts';
import { at, type Fields, textAt } from './parts/read.ts';
import { respondHttp } from './parts/respond.ts';

/**
 * A connection, a message or a disconnection at a WebSocket API. Named after the route key (`$connect`, `sendMessage`); only a
 * connection has headers.
 */
export const websocket: Trigger<Fields> = {
  name: 'websocket',
  matches: (event): event is Fields =>
    textAt(event, 'requestContext', 'connectionId') !== undefined &&
    textAt(event, 'requestContext', 'eventType') !== undefined &&
    textAt(event, 'requestContext', 'routeKey') !== undefined,
  describe: (event) => {
    const context = at(event, 'requestContext');
    const route = textAt(context, 'routeKey')?.slice(0, 256) ?? '';
    const carrier = carrierOf(at(event, 'headers')) ?? carrierOf(at(event, 'multiValueHeaders'));
    return {
      name: route,
      kind: SpanKind.SERVER,
      attributes: attributesOf({
        'faas.trigger': 'http',
        'http.route': route,
        'url.scheme': 'wss',
        'network.protocol.name': 'websocket',
        'server.address': textAt(context, 'domainName'),
        'client.address': textAt(context, 'identity', 'sourceIp'),
        'user_agent.original': textAt(context, 'identity', 'userAgent'),
        'serverless_otlp.websocket.event_type': textAt(context, 'eventType'),
        'serverless_otlp.websocket.connection_id': textAt(context, 'connectionId'),
      }),
      ...(carrier !== undefined && { carrier }),
    };
  },
  respond: respondHttp,
};
