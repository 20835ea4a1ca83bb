import { type Attributes, SpanKind } from '@opentelemetry/api';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import type { LambdaContext } from '../lambda-context.ts';
import type { TracedOptions } from '../options.ts';
import type { Answer, Description, Trigger } from '../trigger.ts';

/** What is said of an event, and who said it. */
export interface Described {
  readonly trigger: Trigger | undefined;
  readonly description: Description;
}

/** Does what telemetry wants and nobody else needs; what it throws is told on stderr. */
export const guarded = <T>(what: string, run: () => T): T | undefined => {
  try {
    return run();
  } catch (error) {
    warnOnce(`${what} failed: ${messageOf(error)}`);
    return undefined;
  }
};

/** What is said when no trigger knows the event, or the one that does fails. */
const unknown = (context: LambdaContext): Description => ({
  name: context.functionName ?? 'invocation',
  kind: SpanKind.SERVER,
  attributes: { 'faas.trigger': 'other' },
});

/** A trigger of the user's may say anything. */
const isDescription = (said: Partial<Description> | undefined): said is Description =>
  typeof said?.name === 'string' && typeof said.attributes === 'object';

/** The first that knows the event. All of them may be asked, in each invocation: no function is made for each. */
const triggerOf = (event: unknown, triggers: readonly Trigger[]): Trigger | undefined => {
  for (const trigger of triggers) {
    try {
      if (trigger.matches(event)) return trigger;
    } catch (error) {
      warnOnce(`trigger ${trigger.name} failed: ${messageOf(error)}`);
    }
  }
  return undefined;
};

/** Asks the triggers in their order. Never throws. */
export const describe = (event: unknown, context: LambdaContext, triggers: readonly Trigger[]): Described => {
  const trigger = triggerOf(event, triggers);
  const description = trigger && guarded(`trigger ${trigger.name}`, () => trigger.describe(event, context));
  return isDescription(description) ? { trigger, description } : { trigger: undefined, description: unknown(context) };
};

/** What the trigger says of a result. Never throws. */
export const answerOf = ({ trigger }: Described, result: unknown): Answer | undefined =>
  trigger?.respond === undefined ? undefined : guarded(`trigger ${trigger.name}`, () => trigger.respond?.(result));

/** The resource is the ARN without its alias, with the version in its place: one sandbox may be invoked by many aliases. */
const arnAttributes = (arn: string, version: string | undefined): Attributes => {
  const parts = arn.split(':');
  return {
    'aws.lambda.invoked_arn': arn,
    'cloud.resource_id': parts.length <= 7 || version === undefined ? arn : [...parts.slice(0, 7), version].join(':'),
    'cloud.account.id': parts[4] ?? '',
  };
};

/** Source: https://opentelemetry.io/docs/specs/semconv/faas/aws-lambda/, read 2026-11-21. */
export const invocationAttributes = (
  event: unknown,
  context: LambdaContext,
  { description }: Described,
  coldStart: boolean,
  options: TracedOptions,
): Attributes => {
  const { awsRequestId, functionVersion, invokedFunctionArn: arn } = context;
  return {
    ...(typeof arn === 'string' && arnAttributes(arn, functionVersion)),
    ...(description.queuedMs !== undefined && { 'serverless_otlp.queued_ms': description.queuedMs }),
    ...description.attributes,
    'faas.invocation.id': awsRequestId,
    'faas.coldstart': coldStart,
    ...(options.attributes && guarded('attributes', () => ({ ...options.attributes?.(event, context) }))),
  };
};
