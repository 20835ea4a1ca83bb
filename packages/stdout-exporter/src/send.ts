import type { Signal } from '@serverless-otlp/otlp';
import type { Settings } from './config/settings.ts';
import type { WriteResult } from './export-result.ts';
import { linesOf } from './line/lines-of.ts';
import { writeToPipe } from './output/named-pipe.ts';
import { stalled, writeToStdout } from './output/stdout.ts';

const NOTHING: WriteResult = { lines: 0, dropped: 0 };

const errorOf = (dropped: number, refused: readonly string[], maxWaitMs: number): Error => {
  const told = dropped === 0 ? refused : [stalled(dropped, maxWaitMs), ...refused];
  return new Error(told.join('; '));
};

/** Writes lines where the settings say, and to standard output what a pipe did not take (E5). */
const writeLines = (lines: readonly string[], { pipePath, maxWaitMs }: Settings): number => {
  let written = pipePath === undefined ? 0 : writeToPipe(pipePath, lines, maxWaitMs);
  for (const line of lines.slice(written)) if (writeToStdout(line, maxWaitMs)) written++;
  return written;
};

/**
 * Writes one request. Whatever goes wrong is in the result: nothing that telemetry does may fail a function.
 *
 * @param bytes the request in protobuf, made when it is needed; `undefined` when there is nothing to say, which in a pipe is said, too.
 */
export const send = (signal: Signal, bytes: () => Uint8Array | undefined, settings: Settings): WriteResult => {
  try {
    const request = bytes();
    if (request === undefined) {
      if (settings.pipePath !== undefined) writeToPipe(settings.pipePath, [], settings.maxWaitMs);
      return NOTHING;
    }
    const { lines, refused } = linesOf(signal, request, settings);
    const written = writeLines(lines, settings);
    const lost = lines.length - written;
    const result = { lines: written, dropped: lost + refused.length };
    return result.dropped === 0 ? result : { ...result, error: errorOf(lost, refused, settings.maxWaitMs) };
  } catch (error) {
    return { lines: 0, dropped: 1, error: error instanceof Error ? error : new Error('the request cannot be written') };
  }
};
