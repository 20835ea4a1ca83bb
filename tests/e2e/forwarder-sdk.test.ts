import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLambda } from '../../scripts/build-lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-sdk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let bundle = '';
beforeAll(async () => {
  const { directory } = await buildLambda(join(folder, 'lambda'));
  const chunks = join(directory, 'chunks');
  const removed = readdirSync(chunks).filter((name) => /^aws(?:$|-sdk-)/.test(name));
  for (const name of removed) rmSync(join(chunks, name), { recursive: true });
  expect(removed.sort()).toEqual(['aws', 'aws-sdk-credentials.mjs', 'aws-sdk-s3.mjs']);
  bundle = pathToFileURL(join(directory, 'index.mjs')).href;
}, 60_000);

const message = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","kind":2}]}]}]}';
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '1',
  logGroup: 'g',
  logStream: 's',
  logEvents: [{ id: '1', timestamp: 0, message }],
};
const EVENT = { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };

/** What the handler prints when its destination answers with this status, and how it ends. */
const invokeWith = async (status: number): Promise<{ readonly code: number | null; readonly printed: string }> => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const code = `
    const { handler } = await import(${JSON.stringify(bundle)});
    const end = Date.now() + 10_000;
    await handler(${JSON.stringify(EVENT)}, { getRemainingTimeInMillis: () => end - Date.now() });
    process.exit();
  `;
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OTLP_FORWARDER_DEAD_LETTER: 's3://letters/p',
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env, timeout: 20_000 });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const ended = await new Promise<number | null>((resolve) => child.on('close', resolve));
  server.closeAllConnections();
  server.close();
  return { code: ended, printed };
};

describe('the deployable without the files of the AWS SDK', () => {
  it('starts with a bucket for dead letters and forwards, as long as nothing fails', async () => {
    const { code, printed } = await invokeWith(200);
    expect([code, printed]).toEqual([0, expect.stringContaining('"delivered":1')]);
  });

  it('D3: gives the event back when it needs them, and says what is missing', async () => {
    const { code, printed } = await invokeWith(500);
    expect(code).toBe(1);
    expect(printed).toContain('s3://letters/p: cannot write an object: the AWS SDK is not there');
  });
});
