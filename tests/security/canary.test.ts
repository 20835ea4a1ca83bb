import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaksOf, type Said, say } from './canary/process.ts';
import { leaksIn, SECRETS } from './canary/secrets.ts';
import { opened, type StoredFile, storedFiles } from './stored-files.ts';

const world = fileURLToPath(new URL('canary/world.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'otlp-canary-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Everything about a stored object that somebody could read. */
const textOf = (file: StoredFile): string => {
  if (!/[0-9a-f]{64}$/.test(file.key) || file.bytes.toString() === 'damaged')
    return `${file.key} ${file.bytes.toString()}`;
  const { header, content } = opened(file);
  return `${file.key} ${JSON.stringify(header)} ${content.toString('latin1')}`;
};

const reportsIn = (lines: readonly string[]): readonly string[] => lines.filter((text) => text.includes(' report"'));

/** What a scenario notes of itself when it is done. */
const notesOf = (scenario: string): Readonly<Record<string, number>> =>
  JSON.parse(readFileSync(join(home, `${scenario}.json`), 'utf8')) as Record<string, number>;

describe('D27: secrets are in no output, in whatever spelling', () => {
  let sending: Said;
  let starting: Said;
  beforeAll(async () => {
    [sending, starting] = await Promise.all([
      say([world, home, 'delivering', 'unreachable']),
      say([world, home, 'configuring', 'storing']),
    ]);
  });

  it('D27: what is searched for is found', () => {
    for (const [name, secret] of Object.entries(SECRETS)) {
      const spellings = [secret, encodeURIComponent(secret), JSON.stringify({ secret }), secret.toUpperCase()];
      const bytes = ['', '?', '??'].map((before) => Buffer.from(before + secret));
      const encoded = bytes.flatMap((one) => [one.toString('base64'), one.toString('base64url'), one.toString('hex')]);
      for (const spelling of [...spellings, ...encoded])
        expect([name, leaksIn(`x ${spelling} x`)]).not.toEqual([name, []]);
    }
  });

  it('D27: collectors that repeat in every spelling what they were sent, that hang, break off and redirect', () => {
    expect(sending.code).toBe(0);
    expect(leaksOf(sending.lines)).toEqual([]);
    // Silence means something: they were sent, repeated, and taken out.
    const { requests, echoes } = notesOf('delivering');
    expect(requests).toBeGreaterThan(100);
    expect(echoes).toBeGreaterThan(100);
    expect(reportsIn(sending.lines).filter((text) => text.includes('[redacted]')).length).toBeGreaterThan(20);
    expect(reportsIn(sending.lines).filter((text) => text.includes('otlp redrive report')).length).toBeGreaterThan(20);
  });

  it('D27: letters that are pending, redriven, quarantined and expired, unpacked; journals and keys', () => {
    const files = storedFiles(home);
    for (const state of ['quarantine/otlp_http', 'quarantine/lines', 'expired/otlp_http', 'redrive/'])
      expect(files.filter(({ key }) => key.includes(state)).length).toBeGreaterThan(0);
    expect(leaksOf(files.filter(({ key }) => key.includes('/letters/')).map(textOf))).toEqual([]);
  });

  it('D27: destinations without a name, without TLS, with the wrong TLS and with broken keys', () => {
    const said = sending.lines.join('\n');
    for (const code of ['ECONNREFUSED', 'ENOTFOUND|EAI_AGAIN', 'DEPTH_ZERO|SELF_SIGNED|UNABLE_TO', 'ALTNAME_INVALID'])
      expect([code, new RegExp(code).test(said)]).toEqual([code, true]);
    expect(said.includes('no PEM certificate and the key that belongs to it')).toBe(true);
  });

  it('D27: configurations with a secret in every wrong place, and variables', () => {
    expect(starting.code).toBe(0);
    expect(leaksOf(starting.lines)).toEqual([]);
    expect(starting.lines.filter((text) => text.startsWith('ConfigError')).length).toBeGreaterThan(80);
  });

  it('D27: stores that fail, with secrets in their credentials, endpoints and answers', () => {
    const said = starting.lines.join('\n');
    for (const failure of [
      'could not be stored',
      'SignatureDoesNotMatch',
      'ECONNREFUSED',
      'a file stands where a folder is needed',
    ])
      expect([failure, said.includes(failure)]).toEqual([failure, true]);
    expect(notesOf('storing')['requests']).toBeGreaterThan(5);
  });
});
