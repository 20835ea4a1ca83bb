import { describe, expect, it } from 'vitest';
import type { Unreadable } from '../types.ts';
import { parseLetterKey } from './keys.ts';
import { readLetter } from './letter.ts';
import { groupsOfLines, letterOfLines, type UnreadableLine } from './unreadable-lines.ts';

const NOW = Date.UTC(2026, 10, 21);

const line = (content: string | Uint8Array, over: Partial<Unreadable['fault']> = {}, timeMs?: number): Unreadable => ({
  fault: {
    reason: 'json',
    message: 'no JSON',
    source: { owner: '1', log_group: '/g', log_stream: 's', id: 'e1' },
    sha256: 'a'.repeat(64),
    bytes: content.length,
    ...over,
  },
  content,
  ...(timeMs === undefined ? {} : { timeMs }),
});

const entriesIn = (letter: Uint8Array): readonly UnreadableLine[] =>
  Buffer.from(readLetter(letter).content)
    .toString()
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as UnreadableLine);

describe('lines that cannot be read', () => {
  it('D16, D22: share an object by reason and origin, however many there are', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) =>
      line(`{"a":${index}`, { source: { owner: '1', log_group: '/g', log_stream: 's', id: String(index) } }),
    );
    const groups = groupsOfLines([...lines, line('x', { reason: 'gzip' }), line('y', { source: { owner: '2' } })]);
    expect(groups.map((group) => group.length)).toEqual([10_000, 1, 1]);
  });

  it('D17: are divided before a letter becomes too large to be read again', () => {
    const worst = '\u0001'.repeat(1024 * 1024); // JSON writes each of these with six characters
    const groups = groupsOfLines(Array.from({ length: 20 }, () => line(worst)));
    expect(groups.map((group) => group.length)).toEqual([4, 4, 4, 4, 4]);
    for (const group of groups.slice(0, 1)) expect(entriesIn(letterOfLines(group, NOW).letter)).toHaveLength(4);
  });

  it('D22: have a key by age and content, the same whenever the event comes again', () => {
    const lines = [line('one', {}, NOW - 1000), line('two', {}, NOW - 5000)];
    const { key, letter } = letterOfLines(lines, NOW);
    expect(parseLetterKey(key)).toMatchObject({
      state: 'quarantine',
      destination: 'lines',
      kind: 'json',
      timeMs: NOW - 5000,
    });
    expect(letterOfLines(lines, NOW + 99_999).key).toBe(key);
    expect(readLetter(letter).header).toMatchObject({ content: 'lines', lines: 2, fault: 'json', reason: 'no JSON' });
    expect(readLetter(letter).header.source).not.toHaveProperty('id');
  });

  it('D20: of two origins never share a key', () => {
    const [a, b] = ['1', '2'].map((owner) => letterOfLines([line('x', { source: { owner } }, NOW)], NOW).key);
    expect(a).not.toBe(b);
  });

  it('D22, D27: keep the line, its id and hash, and no value of a header', () => {
    const text = '{"__otel_otlp_stdout":"x","headers":{"authorization":"canary"},"payload":"@"}';
    const [entry] = entriesIn(letterOfLines([line(text)], NOW).letter);
    expect(entry).toEqual({
      id: 'e1',
      reason: 'no JSON',
      sha256: 'a'.repeat(64),
      bytes: text.length,
      line: text.replace('canary', ''),
    });
  });

  it('keep bytes that are no text in base64, and bytes that are text as text', () => {
    const packed = Uint8Array.of(0x1f, 0x8b, 0xff);
    const entries = entriesIn(letterOfLines([line(packed), line(Buffer.from('text'))], NOW).letter);
    expect(entries[0]).toMatchObject({ base64: Buffer.from(packed).toString('base64') });
    expect(entries[1]).toMatchObject({ line: 'text' });
  });

  it('name the first reason and how many others there are', () => {
    const lines = [line('x'), line('y', { message: 'cut' }), line('z', { message: 'cut' })];
    expect(readLetter(letterOfLines(lines, NOW).letter).header.reason).toBe('no JSON; and 1 other reasons');
  });
});
