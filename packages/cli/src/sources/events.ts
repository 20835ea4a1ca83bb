import { textOfLine, type Line } from './lines.ts';

/** A Lambda event read from a file, or the line that holds none and why. */
export type EventDocument =
  { readonly line: number; readonly event: unknown } | { readonly line: number; readonly problem: string };

/** Lambda takes events of at most 6 MB; a pretty-printed one may be larger. */
export const MAX_DOCUMENT_BYTES: number = 64 * 1024 * 1024;

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // V8 quotes the text in its message: it must not travel on
  }
};

const documentsOf = (line: number, text: string): readonly EventDocument[] => {
  const parsed = parse(text);
  if (parsed === undefined) return [{ line, problem: 'this is not JSON' }];
  return (Array.isArray(parsed.value) ? (parsed.value as unknown[]) : [parsed.value]).map((event) => ({ line, event }));
};

/**
 * Lambda events in JSON: one per line, or one document over several lines, or an array of events. The first line that is not blank
 * decides: when it is JSON by itself, every line is.
 */
export async function* eventsOf(lines: AsyncIterable<readonly Line[]>): AsyncGenerator<EventDocument, void> {
  let perLine = false;
  let start = 0;
  let bytes = 0;
  const document: string[] = [];
  for await (const chunk of lines) {
    for (const line of chunk) {
      const text = textOfLine(line);
      if (text.trim() === '') continue;
      bytes = perLine ? line.raw.length : bytes + line.raw.length;
      if (bytes > MAX_DOCUMENT_BYTES || line.fragment > 0) {
        yield { line: line.number, problem: `the document is longer than ${MAX_DOCUMENT_BYTES} bytes` };
        return;
      }
      perLine ||= document.length === 0 && parse(text) !== undefined;
      if (perLine) {
        yield* documentsOf(line.number, text);
        continue;
      }
      if (document.length === 0) start = line.number;
      document.push(text);
    }
  }
  if (document.length > 0) yield* documentsOf(start, document.join('\n'));
}
