import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ReceivedRequest, startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadForwarder } from './index.ts';

const SECRETS = {
  BEARER: 'canary.of+the/bearer=',
  PASSWORD: 'canary of the password%2F',
  CLIENT_SECRET: 'canary&of=the client"secret',
  AWS_SECRET_ACCESS_KEY: 'canaryOfTheAwsSecretKey/+1234567890abcdef',
  AWS_SESSION_TOKEN: 'canary//Of+The/Aws/Session/Token==',
};
const TOKEN = 'canary-of-the-access-token.eyJhbGciOiJub25lIn0';
const ENV = { ...SECRETS, AWS_ACCESS_KEY_ID: 'ASIACANARYKEYID' };

/** In every spelling a server may give it. */
const spellingsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').slice(2, -3),
];

/** Says everything it was sent, as a helpful server does. */
const echo = ({ rawHeaders, body }: ReceivedRequest) => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    code: 7,
    message: `refused: ${rawHeaders.filter((_, index) => index % 2 === 1).join(' ')} ${body.length}`,
  }),
});

const line = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","kind":2}]}]}]}';
const logEvents = [{ id: '1', timestamp: 1_755_800_000_000, message: line }];
const subscription = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents };
const EVENT = { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

describe('D27: what proves who sends', () => {
  it('D27: is in no report, no warning, no letter and nothing printed, whatever servers say of it', async () => {
    const backend = await startFakeCollector({ script: echo });
    const issuer = await startFakeCollector({ script: () => ({ body: JSON.stringify({ access_token: TOKEN }) }) });
    const refuser = await startFakeCollector({
      script: ({ rawHeaders, body }) => ({
        status: 400,
        body: JSON.stringify({ error: body.toString(), error_description: rawHeaders.join(' ') }),
      }),
    });
    const folder = mkdtempSync(join(tmpdir(), 'otlp-auth-'));
    onTestFinished(async () => {
      await Promise.all([backend.close(), issuer.close(), refuser.close()]);
      rmSync(folder, { recursive: true, force: true });
    });
    const client = { client_id: 'forwarder', client_secret: '${env:CLIENT_SECRET}' };
    const forms = {
      bearer: { bearer: { token: '${env:BEARER}' } },
      basic: { basic: { username: 'user', password: '${env:PASSWORD}' } },
      sigv4: { sigv4: { service: 'xray', region: 'eu-west-1' } },
      oauth2: { oauth2: { ...client, token_url: issuer.url } },
      refused: { oauth2: { ...client, token_url: refuser.url, client_auth: 'body' } },
      refused_basic: { oauth2: { ...client, token_url: refuser.url } },
    };
    const exporters = Object.fromEntries(
      Object.entries(forms).map(([name, auth]) => [`otlp_http/${name}`, { endpoint: backend.url, auth }]),
    );
    const configFile = join(folder, 'forwarder.json');
    const letters = join(folder, 'letters');
    const pipelines = { traces: { exporters: Object.keys(exporters) } };
    writeFileSync(
      configFile,
      JSON.stringify({ exporters, dead_letter: { folder: { path: letters } }, service: { pipelines } }),
    );
    const printed = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write'), vi.spyOn(console, 'warn')];
    const said: unknown[] = [];
    const forwarder = await loadForwarder({
      env: ENV,
      configFile,
      onReport: (report) => void said.push(report),
      onWarning: (warning) => void said.push(warning),
    });
    await forwarder(EVENT, { getRemainingTimeInMillis: () => 60_000 });
    for (const spy of printed) {
      said.push(...spy.mock.calls);
      spy.mockRestore();
    }

    const kept = filesBelow(letters).map((path) => readFileSync(path, 'latin1'));
    expect(kept).toHaveLength(Object.keys(forms).length);
    expect(backend.requests).toHaveLength(4);
    const everything = [JSON.stringify(said), ...kept].join('\n');
    for (const secret of [...Object.values(SECRETS), TOKEN, ENV.AWS_ACCESS_KEY_ID])
      for (const spelling of spellingsOf(secret)) expect(everything).not.toContain(spelling);
    expect(everything).toContain('answered 403: refused: ');
    expect(everything).toContain('answered 400; check the URL, client_id and client_secret');
  });
});
