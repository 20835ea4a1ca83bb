import { InvalidOtlpError, parseRequest, requestFromJson } from '@serverless-otlp/otlp';
import { type LetterHeader, peekLetter, readLetter, requestIn, sha256Of, writeLetter } from './letter.ts';

const HEADER: Omit<LetterHeader, 'version' | 'encoding' | 'content' | 'bytes' | 'sha256'> = {
  destination: 'otlp_http',
  signal: 'traces',
  items: 1,
  reason: 'answered 503',
  attempts: 1,
  storedAt: '2026-11-20T18:13:20.123Z',
  firstEventAt: '2026-11-20T18:13:19.000Z',
  source: { owner: '1', log_group: 'g' },
};

const letterOf = (content: 'request' | 'lines', bytes: Uint8Array): Uint8Array =>
  writeLetter({ ...HEADER, content, bytes: bytes.length, sha256: sha256Of(bytes) }, bytes);

const request = requestFromJson({ resourceSpans: [{ scopeSpans: [{ spans: Array(40).fill({ name: 'span' }) }] }] });

/** Letters to start from: compressed, as it is, of a line, without content. */
export const seeds: readonly Uint8Array[] = [
  letterOf('request', request.bytes),
  letterOf('request', request.bytes.subarray(0, 9)),
  letterOf('lines', Buffer.from('{"__otel_otlp_stdout":1}')),
  letterOf('lines', new Uint8Array(0)),
];

/** An arbitrary object: refused by the documented error, or what its header says; bytes of ours are given back. */
export const fuzz = (bytes: Uint8Array): void => {
  const own = letterOf('lines', bytes);
  if (sha256Of(readLetter(own).content) !== sha256Of(bytes))
    throw new Error('a letter that was written reads differently');
  try {
    const { header, content } = readLetter(bytes);
    if (content.length !== header.bytes || sha256Of(content) !== header.sha256)
      throw new Error('damaged, and not told');
    if (JSON.stringify(peekLetter(bytes).header) !== JSON.stringify(header)) throw new Error('two headers');
    if (header.content !== 'request') return;
    const { signal, items } = requestIn({ header, content });
    if (parseRequest(signal, content).items !== items) throw new Error('a wrong count of items');
  } catch (error) {
    if (!(error instanceof InvalidOtlpError)) throw error;
  }
};
