import { type Attributes, type Context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { sandbox, xRayVariable } from '../config/lambda-environment.ts';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import type { HandlerSettings } from '../config/settings.ts';
import { watchDeadline } from '../flush/deadline.ts';
import { FLUSH_MS } from '../flush/flush.ts';
import type { LambdaContext } from '../lambda-context.ts';
import type { TracedOptions } from '../options.ts';
import type { Measure } from '../metrics.ts';
import { originOf } from '../propagation/parent.ts';
import type { Runtime } from '../runtime.ts';
import type { Trigger } from '../trigger.ts';
import { takeColdStart } from './cold-start.ts';
import { recordError } from '../record-error.ts';
import { answerOf, describe, type Described, guarded, invocationAttributes } from './describe.ts';
import { type Invocation, invocationOf, withInvocation } from './invocation.ts';

/** What one wrapped handler brings along. */
export interface Handled {
  readonly runtime: Runtime;
  readonly options: TracedOptions;
  readonly settings: HandlerSettings;
  readonly triggers: readonly Trigger[];
  readonly measure: Measure | undefined;
}

/** How a handler ended. */
export type Ending = { readonly result: unknown } | { readonly error: unknown };

/** An invocation that has begun. */
export interface Run {
  /** In which the handler runs. */
  readonly context: Context;
  /** Ends the span and writes what is to be written. Only the first call counts, and every call waits for it; never throws, never rejects. */
  readonly end: (ending: Ending) => Promise<void> | undefined;
  readonly isOver: () => boolean;
}

const remaining = (context: LambdaContext): number | undefined => {
  const ms = guarded('getRemainingTimeInMillis', () => context.getRemainingTimeInMillis?.());
  return Number.isFinite(ms) ? ms : undefined;
};

/** Says in the span how it ended; whether it failed. */
const sayEnding = (span: Span, described: Described, ending: Ending): boolean => {
  if ('error' in ending) {
    recordError(span, ending.error);
    return true;
  }
  const answer = answerOf(described, ending.result);
  if (answer === undefined) return false;
  span.setAttributes(answer.attributes);
  if (answer.status !== undefined) span.setStatus(answer.status);
  return answer.status?.code === SpanStatusCode.ERROR;
};

const startSpan = (
  event: unknown,
  context: LambdaContext,
  described: Described,
  invocation: Invocation,
  { options, runtime }: Handled,
): { readonly span: Span; readonly context: Context } => {
  const { propagator, redact, tracer } = runtime.telemetry;
  const { description } = described;
  const header = context.xRayTraceId ?? xRayVariable();
  const origin = originOf(description, header, propagator);
  const attributes: Attributes = redact(invocationAttributes(event, context, described, invocation.coldStart, options));
  const inside = withInvocation(origin.context, invocation);
  const name = options.name ?? description.name;
  const span = tracer.startSpan(name, { kind: description.kind, attributes, links: [...origin.links] }, inside);
  return { span, context: trace.setSpan(inside, span) };
};

/** Begins an invocation. */
export const beginRun = (event: unknown, context: LambdaContext, handled: Handled): Run => {
  const { measure, runtime, settings, triggers } = handled;
  const coldStart = takeColdStart(
    () => sandbox().initializationType,
    () => process.uptime() * 1000,
  );
  const invocation = invocationOf(context.awsRequestId, coldStart, settings.keep.size > 0);
  const described = describe(event, context, triggers);
  const { span, context: inside } = startSpan(event, context, described, invocation, handled);
  const began = performance.now();
  const left = remaining(context);
  const { buffer } = runtime.telemetry;
  runtime.running.add(invocation.id);
  const atDeadline = (): void => {
    guarded('the write at the deadline', () => buffer?.writeOpen('deadline', invocation));
    void runtime.flush(settings.deadlineMarginMs);
  };
  const stopWatch = guarded('the deadline', () => watchDeadline(left, settings.deadlineMarginMs, atDeadline));
  const matters = (failed: boolean, ms: number): boolean =>
    (settings.keep.has('errors') && (failed || buffer?.hasError(invocation) === true)) ||
    (settings.keep.has('slow') && ms >= settings.slowMs) ||
    (settings.keep.has('cold_starts') && coldStart);
  const finish = (ending: Ending): Promise<void> | undefined => {
    guarded('the deadline', () => stopWatch?.());
    const failed = guarded('the end of a span', () => sayEnding(span, described, ending)) ?? 'error' in ending;
    guarded('the end of a span', () => span.end());
    const ms = performance.now() - began;
    const trigger = described.description.attributes['faas.trigger'];
    const measured = {
      seconds: ms / 1000,
      failed: 'error' in ending,
      coldStart,
      trigger: typeof trigger === 'string' ? trigger : undefined,
    };
    guarded('metrics', () => measure?.(measured, inside));
    runtime.running.delete(invocation.id);
    const limitMs =
      left === undefined ? FLUSH_MS : Math.max(left - ms - settings.deadlineMarginMs, settings.deadlineMarginMs);
    return runtime.finish(invocation, matters(failed, ms), Math.min(limitMs, FLUSH_MS));
  };
  let isOver = false;
  let finishing: Promise<void> | undefined;
  const end = (ending: Ending): Promise<void> | undefined => {
    if (isOver) return finishing;
    isOver = true;
    finishing = guarded('the end of an invocation', () => finish(ending))?.catch((error: unknown) => {
      warnOnce(`the end of an invocation failed: ${messageOf(error)}`);
    });
    return finishing;
  };
  return { context: inside, end, isOver: () => isOver };
};
