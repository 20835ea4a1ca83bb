import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planOf, storesOf } from './stores.ts';

let folder = '';
const file = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stores-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ignore = (): void => undefined;

describe('storesOf', () => {
  it('takes the store that is named, then that of the file, then that of the variable', async () => {
    const config = file('named.yaml', [
      'dead_letter: { s3: { bucket: of-the-file, prefix: p } }',
      "exporters: { otlp_http: { endpoint: 'http://127.0.0.1:9', headers: { key: '${env:NOT_SET}' } } }",
      'service: { pipelines: { traces: { exporters: [otlp_http] } } }',
    ]);
    const env = { OTLP_FORWARDER_DEAD_LETTER: 's3://of-the-variable', OTLP_FORWARDER_CONFIG: config };
    const namesOf = async (...args: Parameters<typeof storesOf>): Promise<readonly string[]> => {
      const { store, eventStore } = await storesOf(...args);
      return [store.name, eventStore.name];
    };
    expect(await namesOf({ store: 's3://named/below', config }, env)).toEqual(['s3://named/below', 's3://named']);
    expect(await namesOf({ store: folder }, env)).toEqual([`folder ${folder}`, `folder ${folder}`]);
    // A key of a destination that is not set here is in nobody's way.
    expect(await namesOf({}, env)).toEqual(['s3://of-the-file/p', 's3://of-the-file']);
    expect(await namesOf({ config }, {})).toEqual(['s3://of-the-file/p', 's3://of-the-file']);
    expect(await namesOf({}, { OTLP_FORWARDER_DEAD_LETTER: ' s3://of-the-variable ' })).toEqual([
      's3://of-the-variable',
      's3://of-the-variable',
    ]);
  });

  it.each([
    [{}, 'Name the store with --store'],
    [{ store: ' ' }, '--store needs'],
    [{ store: 's3://B' }, 'must be s3://bucket/prefix'],
    [{ store: 'no-such-folder' }, '--store "no-such-folder" is no folder'],
    [{ config: 'no-such-file' }, 'there is no such file'],
  ])('refuses %j', async (settings, message) => {
    await expect(storesOf(settings, {})).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses a file without a store', async () => {
    const config = file('bare.yaml', [
      "exporters: { otlp_http: { endpoint: 'http://127.0.0.1:9' } }",
      'service: { pipelines: { traces: { exporters: [otlp_http] } } }',
    ]);
    await expect(storesOf({ config }, {})).rejects.toThrow('dead_letter: is missing');
    // Unless the variable names one.
    const { store } = await storesOf({ config }, { OTLP_FORWARDER_DEAD_LETTER: folder });
    expect(store.name).toBe(`folder ${folder}`);
  });
});

describe('planOf', () => {
  it('needs a configuration, and knows its destinations', async () => {
    await expect(planOf({ store: folder }, { onWarning: ignore }, {})).rejects.toThrow('Sending needs');
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
    const plan = await planOf({ store: folder }, { onWarning: ignore }, env);
    expect(Object.keys(plan.destinations)).toEqual(['otlp_http']);
    const selection = { destinations: ['x'] };
    await expect(planOf({ store: folder }, { onWarning: ignore, selection }, env)).rejects.toThrow(
      'nothing is kept for "x"; known: otlp_http',
    );
  });
});
