import type { Input } from './inputs.ts';

/** How long after Ctrl-C standard input is still read: the program before us in the pipe got it too and may say its last words. */
const LAST_WORDS_MS = 1000;

const isEndOfStream = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(String(error.code));

/** The bytes of an input until its end or, after `signal`, until it has nothing more to say. */
export async function* bytesUntil(input: Input, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const graceMs = input.name === '' ? LAST_WORDS_MS : 0;
  if (signal.aborted && graceMs === 0) return;
  const stream = input.open();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    timer = setTimeout(() => stream.destroy(), graceMs);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    yield* stream;
  } catch (error) {
    if (!signal.aborted || !isEndOfStream(error)) throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
