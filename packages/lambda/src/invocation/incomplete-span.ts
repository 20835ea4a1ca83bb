import { hrTime, hrTimeDuration } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { spanWith } from './span-with.ts';

/** Why a span was written before it ended. */
export type Incomplete = 'deadline' | 'shutdown';

/** Says so in a span: `deadline` or `shutdown`. When such a span ends after all it is written again, without this. */
const INCOMPLETE = 'serverless_otlp.incomplete';

/** What an open span has to say so far, ending now. The span itself goes on. */
export const incomplete = (span: ReadableSpan, why: Incomplete): ReadableSpan => {
  const endTime = hrTime();
  return spanWith(span, {
    endTime,
    duration: hrTimeDuration(span.startTime, endTime),
    attributes: { ...span.attributes, [INCOMPLETE]: why },
    ended: true,
  });
};
