import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { MAX_LINE_BYTES, settingsOf } from './config/settings.ts';
import { compatibleLine } from './line/compatible-line.ts';
import type { StdoutExporterOptions } from './options.ts';
import { stalled, writeToStdout } from './output/stdout.ts';
import type { FinishedSpan } from './traces.ts';

/** Left free in each line for the count of dropped ones. */
const RESERVED_BYTES = 24;

/**
 * Writes spans as one line.
 *
 * @param last there is nobody to split them: they are written up to the hard limit of a line.
 * @returns whether that was all: `false` when the line is longer than the settings want, and nothing was written.
 */
export type PlainSpanWriter = (spans: readonly FinishedSpan[], last?: boolean) => boolean;

/**
 * What nearly everybody wants, without the parts that everybody else needs: spans, the compatible format, standard output. Throws
 * nothing.
 *
 * @param warn takes one sentence when spans are lost.
 * @returns `undefined` when the settings ask for something else, which {@link OTLPStdoutSpanExporter} does.
 */
export const plainSpanWriter = (
  options: StdoutExporterOptions,
  warn: (message: string) => void,
): PlainSpanWriter | undefined => {
  const settings = settingsOf('traces', options, warn);
  const { format, maxLineBytes, maxWaitMs, pipePath } = settings;
  if (format !== 'compatible' || pipePath !== undefined) return undefined;
  return (spans, last = false) => {
    try {
      const bytes = ProtobufTraceSerializer.serializeRequest(spans as unknown as ReadableSpan[]);
      const line = bytes === undefined ? '' : compatibleLine('traces', bytes, settings);
      const tooLong = Buffer.byteLength(line) + RESERVED_BYTES > (last ? MAX_LINE_BYTES : maxLineBytes);
      if (tooLong && !last) return false;
      if (tooLong) warn(`${spans.length} spans take a longer line than ${MAX_LINE_BYTES} bytes`);
      else if (line !== '' && !writeToStdout(line, maxWaitMs)) warn(stalled(1, maxWaitMs));
    } catch (error) {
      warn(error instanceof Error ? error.message : 'the spans cannot be written');
    }
    return true;
  };
};
