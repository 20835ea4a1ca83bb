import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { guarded } from '../invocation/describe.ts';

/** A processor of the user's, whose mistakes are told on stderr: the SDK lets them through, into the handler. */
export const guardedProcessor = (processor: SpanProcessor): SpanProcessor => ({
  onStart: (span, context) => guarded('onStart of a span processor', () => processor.onStart(span, context)),
  onEnding: (span) => guarded('onEnding of a span processor', () => processor.onEnding?.(span)),
  onEnd: (span) => guarded('onEnd of a span processor', () => processor.onEnd(span)),
  forceFlush: () => processor.forceFlush(),
  shutdown: () => processor.shutdown(),
});
