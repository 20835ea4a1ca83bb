import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Signal } from '@serverless-otlp/otlp';
import { itemIds, sampleBytes } from './generators-samples.ts';

/** What {@link sampleLetter} writes. */
export interface SampleLetterOptions {
  readonly state?: 'pending' | 'quarantine' | 'expired';
  readonly destination?: string;
  readonly signal?: Signal;
  readonly items?: number;
  /** Other seeds give other ids. */
  readonly seed?: number;
  /** When the source took in its first line, in epoch milliseconds. */
  readonly timeMs: number;
  readonly source?: Readonly<Record<string, string>>;
  /** Replaces what its header says; `undefined` takes a field away. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Replaces the packed content. */
  readonly packed?: Uint8Array;
}

/** An object of a dead-letter store. */
export interface SampleLetter {
  readonly key: string;
  readonly body: Uint8Array;
  /** Of its items. */
  readonly ids: readonly string[];
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A letter by the words of docs/specs/dead-letters.md, and not by the code under test. */
export const sampleLetter = (options: SampleLetterOptions): SampleLetter => {
  const { state = 'pending', destination = 'd', signal = 'traces', items = 2, seed = 1, timeMs } = options;
  const { source = { owner: '1', log_group: '/aws/lambda/shop', log_stream: 's' } } = options;
  const content = sampleBytes(signal, { items, seed });
  const header = {
    version: 1,
    content: 'request',
    destination,
    signal,
    items,
    bytes: content.length,
    sha256: sha256(content),
    reason: 'collector.example answered 503',
    attempts: 1,
    storedAt: new Date(timeMs).toISOString(),
    firstEventAt: new Date(timeMs).toISOString(),
    source,
    encoding: 'gzip',
    ...options.header,
  };
  const time = new Date(timeMs).toISOString().replace(/[-:]/g, '');
  const name = sha256(`${header.sha256} ${JSON.stringify(Object.entries(source).sort())}`);
  return {
    key: `${state}/${encodeURIComponent(destination)}/${signal}/${time}/${name}`,
    body: Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), options.packed ?? gzipSync(content)]),
    ids: itemIds(signal, content),
  };
};
