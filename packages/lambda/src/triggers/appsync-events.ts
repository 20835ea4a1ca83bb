import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf } from './parts/attributes.ts';
import { carrierOf } from './parts/carrier.ts';
import { at, type Fields, listAt, textAt } from './parts/read.ts';

/** Something published to, or a subscription of, a channel namespace of AppSync Events. Named `publish chat`. */
export const appsyncEvents: Trigger<Fields> = {
  name: 'appsync_events',
  matches: (event): event is Fields => {
    const operation = at(event, 'info', 'operation');
    return (
      (operation === 'PUBLISH' || operation === 'SUBSCRIBE') &&
      textAt(event, 'info', 'channelNamespace', 'name') !== undefined &&
      textAt(event, 'info', 'channel', 'path') !== undefined
    );
  },
  describe: (event) => {
    const operation = textAt(event, 'info', 'operation')?.toLowerCase() ?? '';
    const namespace = textAt(event, 'info', 'channelNamespace', 'name');
    const carrier = carrierOf(at(event, 'request', 'headers'));
    const size = listAt(event, 'events').length;
    return {
      name: `${operation} ${namespace?.slice(0, 256) ?? ''}`,
      kind: SpanKind.SERVER,
      attributes: attributesOf({
        'faas.trigger': 'other',
        'serverless_otlp.appsync.operation': operation,
        'serverless_otlp.appsync.namespace': namespace,
        'serverless_otlp.batch.size': size === 0 ? undefined : size,
      }),
      ...(carrier !== undefined && { carrier }),
    };
  },
};
