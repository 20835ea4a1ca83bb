/** A piece of input: a line, or a fragment of one that is longer than the limit. */
export interface Line {
  /** The bytes as they were read, line feed included. */
  readonly raw: Buffer;
  /** From 1, within its input. */
  readonly number: number;
  /** 0 for a line or its first fragment. */
  readonly fragment: number;
}

const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into lines, handed on as they arrive: one array per chunk read. A line longer than `maxBytes` comes in
 * fragments of that size, the way CloudWatch splits it, so that a line without end takes no more memory than that.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<readonly Line[], void> {
  let open: Buffer[] = [];
  let openBytes = 0;
  let number = 1;
  let fragment = 0;
  const take = (): Line => {
    const line = { raw: Buffer.concat(open), number, fragment };
    open = [];
    openBytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const lines: Line[] = [];
    for (let at = 0; at < bytes.length;) {
      const feed = bytes.indexOf(LINE_FEED, at);
      const end = Math.min(feed === -1 ? bytes.length : feed + 1, at + maxBytes - openBytes);
      open.push(bytes.subarray(at, end));
      openBytes += end - at;
      at = end;
      if (bytes[end - 1] === LINE_FEED) {
        lines.push(take());
        number += 1;
        fragment = 0;
      } else if (openBytes >= maxBytes) {
        lines.push(take());
        fragment += 1;
      }
    }
    if (lines.length > 0) yield lines;
  }
  if (openBytes > 0) yield [take()];
}

/** The text of a line without its line end; bytes that are not UTF-8 become U+FFFD, as in CloudWatch Logs. */
export const textOfLine = ({ raw }: Line): string => raw.toString().replace(/\r?\n$/, '');
