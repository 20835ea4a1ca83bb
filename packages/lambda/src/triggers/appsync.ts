import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf } from './parts/attributes.ts';
import { carrierOf } from './parts/carrier.ts';
import { tracedBy } from './parts/messages.ts';
import { at, fieldsOf, shared, textAt } from './parts/read.ts';

const isResolver = (event: unknown): boolean =>
  textAt(event, 'info', 'fieldName') !== undefined &&
  textAt(event, 'info', 'parentTypeName') !== undefined &&
  fieldsOf(at(event, 'arguments')) !== undefined &&
  fieldsOf(at(event, 'request')) !== undefined;

const OPERATIONS: ReadonlySet<string | undefined> = new Set(['Query', 'Mutation', 'Subscription']);

const fieldOf = (event: unknown): string =>
  `${textAt(event, 'info', 'parentTypeName') ?? ''}.${textAt(event, 'info', 'fieldName') ?? ''}`;

/**
 * A field of a GraphQL API that AppSync resolves with the function, for one object or a batch of them. Named `Mutation.createOrder`.
 *
 * The objects of a batch belong to one request as a rule: then its headers name the parent.
 */
export const appsync: Trigger = {
  name: 'appsync',
  matches: (event): event is unknown => (Array.isArray(event) ? isResolver(event[0]) : isResolver(event)),
  describe: (event) => {
    const resolvers: readonly unknown[] = Array.isArray(event) ? event : [event];
    const carriers = resolvers.map((resolver) => carrierOf(at(resolver, 'request', 'headers')));
    const same = shared(carriers.map((carrier) => JSON.stringify(carrier))) !== undefined;
    const { attributes, ...traced } = tracedBy(same ? carriers.slice(0, 1) : carriers, (carrier) => carrier);
    const [first] = resolvers;
    const type = textAt(first, 'info', 'parentTypeName');
    return {
      name: fieldOf(first).slice(0, 256),
      kind: SpanKind.SERVER,
      attributes: {
        ...attributesOf({
          'faas.trigger': 'other',
          'graphql.operation.type': OPERATIONS.has(type) ? type?.toLowerCase() : undefined,
          'serverless_otlp.appsync.field': fieldOf(first),
          'serverless_otlp.batch.size': Array.isArray(event) ? event.length : undefined,
          'client.address': textAt(first, 'identity', 'sourceIp', '0'),
          'user_agent.original': textAt(first, 'request', 'headers', 'user-agent'),
        }),
        ...attributes,
      },
      ...traced,
    };
  },
};
