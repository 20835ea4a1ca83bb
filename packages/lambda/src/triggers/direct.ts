import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { functionNameOf } from './parts/attributes.ts';
import { carrierOf, firstOf } from './parts/carrier.ts';
import { at } from './parts/read.ts';

/**
 * Anything else: an invocation through the API, or by a service that is not known here.
 *
 * A trace is looked for in the event's `headers`, in the event itself, and in the client context, which callers can set beside any
 * payload (its `custom` part, as SDKs for phones name it, or `Custom`).
 */
export const direct: Trigger = {
  name: 'direct',
  matches: (_event): _event is unknown => true,
  describe: (event, context) => {
    const client = at(context, 'clientContext');
    const carrier = firstOf(
      carrierOf(at(event, 'headers')),
      carrierOf(event),
      carrierOf(at(client, 'custom')),
      carrierOf(at(client, 'Custom')),
      carrierOf(client),
    );
    return {
      name: functionNameOf(context),
      kind: SpanKind.SERVER,
      attributes: { 'faas.trigger': 'other' },
      ...(carrier !== undefined && { carrier }),
    };
  },
};
