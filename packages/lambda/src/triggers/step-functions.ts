import { SpanKind } from '@opentelemetry/api';
import type { Trigger } from '../trigger.ts';
import { attributesOf, functionNameOf } from './parts/attributes.ts';
import { carrierOf, firstOf } from './parts/carrier.ts';
import { at, type Fields, numberAt, textAt } from './parts/read.ts';
import { millisecondsOf, queued } from './parts/times.ts';

const isContext = (value: unknown): boolean =>
  (textAt(value, 'Execution', 'Id')?.includes(':states:') ?? false) &&
  textAt(value, 'StateMachine', 'Id') !== undefined;

/** The context object: the whole input, or what a state passes under one of these names. */
const contextOf = (event: unknown): unknown =>
  [event, at(event, 'Context'), at(event, 'context'), at(event, 'Payload')].find(isContext);

/**
 * A task of a state machine that passes its context object (`"Context.$": "$$"`, or `"{% $states.context %}"`). Without it nothing
 * tells such an invocation from a direct one.
 */
export const stepFunctions: Trigger<Fields> = {
  name: 'step_functions',
  matches: (event): event is Fields => contextOf(event) !== undefined,
  describe: (event, context) => {
    const state = contextOf(event);
    const carrier = firstOf(carrierOf(event), carrierOf(at(state, 'Execution', 'Input')));
    return {
      name: functionNameOf(context),
      kind: SpanKind.SERVER,
      attributes: attributesOf({
        'faas.trigger': 'other',
        'aws.step_functions.state_machine.arn': textAt(state, 'StateMachine', 'Id'),
        'serverless_otlp.step_functions.execution': textAt(state, 'Execution', 'Id'),
        'serverless_otlp.step_functions.state': textAt(state, 'State', 'Name'),
        'serverless_otlp.step_functions.retries': numberAt(state, 'State', 'RetryCount'),
      }),
      ...(carrier !== undefined && { carrier }),
      ...queued([millisecondsOf(at(state, 'State', 'EnteredTime'))]),
    };
  },
};
