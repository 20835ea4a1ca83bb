import { decodeLine } from './telemetry-line.ts';
import { textOfLine, type Line } from './lines.ts';

/** What every line of telemetry contains, in whatever dialect; spares all others the attempt to decode them. */
const MARKS = ['_otel', '","base64":true', 'resourceSpans', 'resourceMetrics', 'resourceLogs'];

/**
 * Tells the lines that are not telemetry, as the forwarder sees it. The fragments of a long line share the verdict on its first, so that
 * no piece of an envelope shows up between other output.
 */
export const createOtherLines = (): ((lines: readonly Line[]) => Buffer) => {
  let first = false;
  const isOther = (line: Line): boolean => {
    if (line.fragment > 0) return first;
    const text = textOfLine(line);
    first = !MARKS.some((mark) => text.includes(mark)) || decodeLine(text) === undefined;
    return first;
  };
  return (lines) => Buffer.concat(lines.filter(isOther).map(({ raw }) => raw));
};
