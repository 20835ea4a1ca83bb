import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOfFile } from './file.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/secrets.md'), 'utf8');
const blocks = [...guide.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block);

/** Answers with a value for every name. */
const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { SecretId: id, Names: names } = JSON.parse(body) as { SecretId?: string; Names?: readonly string[] };
    const answer =
      id !== undefined
        ? { Name: id, SecretString: JSON.stringify({ 'api-key': 'k' }) }
        : names !== undefined
          ? { Parameters: names.map((Name) => ({ Name, Value: Name.endsWith('ca') ? rootCertificates[0] : 'host' })) }
          : { SecretValues: [{ Name: 'keys/a', SecretString: '{"name":"a","endpoint":"https://c"}' }] };
    response.end(JSON.stringify(answer));
  });
});
const folder = mkdtempSync(join(tmpdir(), 'otlp-guide-'));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});

it('the guide has configurations', () => {
  expect(blocks.length).toBe(2);
});

it.each(blocks)('the guide on secrets: a configuration that works\n%s', async (block) => {
  const path = join(folder, 'forwarder.yaml');
  writeFileSync(path, block);
  const variables = [...block.matchAll(/\$\{env:(\w+)\}/g)].map(([, name = '']) => [name, 'https://example'] as const);
  const config = await configOfFile(path, {
    ...Object.fromEntries(variables),
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  });
  expect(config.broken ?? {}).toEqual({});
  expect(Object.keys(config.exporters)).not.toEqual([]);
});
