import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLambda } from '../../scripts/build-lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'otlp-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let bundle = '';
beforeAll(async () => {
  const { directory } = await buildLambda(join(folder, 'lambda'));
  bundle = pathToFileURL(join(directory, 'index.mjs')).href;
}, 60_000);

/** Each place a secret or a payload can come from has a word of its own. */
const CANARIES = {
  header: 'canaryheader7f3a',
  encoded: 'canary encoded+7f3a',
  user: 'canaryuser7f3a',
  password: 'canarypassword7f3a',
  query: 'canaryquery7f3a',
  other: 'canaryother7f3a',
  span: 'canaryspan7f3a',
  attribute: 'canaryattribute7f3a',
  envelope: 'canaryenvelope7f3a',
  noise: 'canarynoise7f3a',
} as const;
const CANARY = /canary/i;
const BASE64 = new RegExp(
  Object.values(CANARIES)
    .flatMap((word) =>
      [0, 1, 2].map((shift) =>
        Buffer.from(`${' '.repeat(shift)}${word}`)
          .toString('base64')
          .slice(4, -4),
      ),
    )
    .map((piece) => piece.replace(/[+/]/g, '\\$&'))
    .join('|'),
);

interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}
/** The real handler in a process of its own, with these variables and nothing else. */
const invoke = (env: Readonly<Record<string, string>>, events: readonly unknown[] = []): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const code = `
      const { handler } = await import(${JSON.stringify(bundle)});
      for (const event of JSON.parse(process.env.EVENTS)) {
        const end = Date.now() + 3000;
        await handler(event, { getRemainingTimeInMillis: () => end - Date.now() }).catch((error) => {
          // As Lambda's runtime prints it: with its causes.
          console.error(error);
          process.exitCode = 9;
        });
      }
      process.exit();
    `;
    const variables = { ...env, EVENTS: JSON.stringify(events), NODE_OPTIONS: '' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env: variables, timeout: 20_000 });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject).on('close', (exitCode) => resolve({ code: exitCode, output, errors }));
  });

const serving = async <T>(listener: RequestListener, use: (host: string) => Promise<T>): Promise<T> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
};
const variablesFor = (host: string): Readonly<Record<string, string>> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://${CANARIES.user}:${CANARIES.password}@${host}/base?key=${CANARIES.query}`,
  OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${CANARIES.header},authorization=Bearer%20${encodeURIComponent(CANARIES.encoded)}`,
  SOME_OTHER_SECRET: CANARIES.other,
});

const span = JSON.stringify({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [1, 2, 3].map((n) => ({
            name: `${CANARIES.span} ${n}`,
            attributes: [{ key: 'k', value: { stringValue: CANARIES.attribute } }],
          })),
        },
      ],
    },
  ],
});
const LINES = [
  span,
  CANARIES.noise,
  `{"__otel_otlp_stdout":"${CANARIES.envelope}","endpoint":"http://${CANARIES.envelope}/v1/traces","payload":"${CANARIES.envelope}"}`,
  `{"__otel_otlp_stdout":"1","source":"${CANARIES.envelope}`,
  `{"resourceLogs":"${CANARIES.envelope}"}`,
  `{"resourceSpans":[{"${CANARIES.envelope}`,
];
const eventOf = (lines: readonly string[]): unknown => {
  const logEvents = lines.map((message, id) => ({ id: String(id), timestamp: 0, message }));
  const subscription = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'g', logStream: 's', logEvents };
  return { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } };
};
const EVENTS = [
  eventOf(LINES),
  { awslogs: { data: Buffer.from(CANARIES.noise).toString('base64') } },
  { [CANARIES.noise]: CANARIES.noise },
];

const expectSilence = ({ output, errors }: Finished): void => {
  const said = output + errors;
  expect(said).not.toMatch(CANARY);
  expect(said).not.toMatch(BASE64);
  expect(said).not.toContain(encodeURIComponent(CANARIES.encoded));
};

describe('D27: canaries in headers, variables, URLs and payloads', () => {
  /** Servers that give back whatever they were sent. */
  const echo =
    (status: number): RequestListener =>
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const said = `${request.url ?? ''} ${JSON.stringify(request.headers)}`;
        response.writeHead(status, {
          'content-type': 'application/json',
          location: `http://x/${CANARIES.header}`,
          'retry-after': '0',
        });
        response.end(
          JSON.stringify({ code: 3, message: said, partialSuccess: { rejectedSpans: '1', errorMessage: said } }),
        );
      });
    };

  it.each([200, 302, 400, 401, 413, 429, 500, 503])(
    'D27: stay silent when the collector answers %d and echoes them',
    async (status) => {
      const finished = await serving(echo(status), (host) => invoke(variablesFor(host), EVENTS));
      expectSilence(finished);
      if (status === 400) expect(finished.output).toContain('[redacted]');
      // The report is there, so silence means something.
      const [report] = finished.output.split('\n').map((text) => (text === '' ? {} : (JSON.parse(text) as object)));
      expect(report).toMatchObject({ lines: { in: 6, decoded: 1, ignored: 1, quarantined: 4 }, balanced: true });
    },
  );

  it('D27: stay silent when the connection breaks, and when nobody listens', async () => {
    const breaking = await serving(
      (request) => request.socket.destroy(),
      (host) => invoke(variablesFor(host), EVENTS),
    );
    expectSilence(breaking);
    expect(breaking.errors).toContain('RedeliverError');
    const dead = await serving(
      () => undefined,
      (host) => Promise.resolve(host),
    );
    const refused = await invoke(variablesFor(dead), EVENTS);
    expectSilence(refused);
    expect(refused.errors).toContain('RedeliverError');
  });

  it('D16, D21, D26: one report per invocation and its metrics, and no line that looks like telemetry', async () => {
    const finished = await serving(echo(200), (host) => invoke(variablesFor(host), EVENTS));
    const lines = finished.output.trimEnd().split('\n');
    const names = lines.map((text) => Object.keys(JSON.parse(text) as object));
    const reports = names.filter(([first]) => first === 'level');
    expect(reports.map((one) => one.slice(0, 3))).toEqual([
      ['level', 'message', 'receiver'],
      ['level', 'message', 'receiver'],
    ]);
    // Metrics are what follows `_aws`, in a report too.
    for (const one of names) expect(one.slice(one.indexOf('_aws'), -1).slice(0, 2)).toEqual(['_aws', 'destination']);
    expect(names.filter(([first]) => first !== 'level').map(([first]) => first)).toEqual(['_aws']);
  });
});

describe('the handler refuses to start', () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const { header, password } = CANARIES;

  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      'without an endpoint',
      () => ({ OTEL_EXPORTER_OTLP_HEADERS: `k=${header}` }),
      /OTEL_EXPORTER_OTLP_ENDPOINT: is not set/,
    ],
    [
      'with a broken endpoint',
      () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `https//u:${password}@h` }),
      /OTEL_EXPORTER_OTLP_ENDPOINT: must be an http/,
    ],
    [
      'with grpc',
      () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://u:${password}@h`, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
      /use http\/protobuf/,
    ],
    [
      'with a key where its path belongs',
      () => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h',
        OTEL_EXPORTER_OTLP_CLIENT_KEY: header,
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: header,
      }),
      /CLIENT_CERTIFICATE\): the file cannot be read: ENOENT/,
    ],
    [
      'with a file that is not there',
      () => ({ OTLP_FORWARDER_CONFIG: join(folder, 'none.yaml') }),
      /none\.yaml: cannot be read: ENOENT/,
    ],
    [
      'with broken JSON',
      () => ({ OTLP_FORWARDER_CONFIG: file('a.json', `{"headers":{"k":"${header}"`) }),
      /a\.json: is not valid JSON/,
    ],
    [
      'with broken YAML',
      () => ({ OTLP_FORWARDER_CONFIG: file('a.yaml', `headers: {k: ${header}\nb: [`) }),
      /a\.yaml: is not valid YAML/,
    ],
    [
      'with a secret that YAML takes for a tag',
      () => ({ OTLP_FORWARDER_CONFIG: file('b.yaml', `k: !${header} x`) }),
      /b\.yaml: is not valid YAML/,
    ],
    [
      'with wrong values',
      () => ({
        SECRET: header,
        OTLP_FORWARDER_CONFIG: file(
          'b.json',
          JSON.stringify({
            exporters: {
              otlp_http: {
                endpoint: '${env:SECRET}',
                headers: '${env:SECRET}',
                timeout_ms: '${env:SECRET}',
                x: header,
              },
            },
            service: { pipelines: { traces: { exporters: ['otlp_http'] } } },
          }),
        ),
      }),
      /exporters\.otlp_http\.x: is not a setting/,
    ],
  ])('D27: %s, with one clear message and no value in it', async (_what, env, message) => {
    const finished = await invoke(env());
    expect(finished.code).not.toBe(0);
    expect(finished.errors).toMatch(message);
    expect(finished.errors).toContain('ConfigError');
    expect(finished.output).toBe('');
    expectSilence(finished);
  });

  it('D27: warns about a variable it ignores, in one JSON line, without its value', async () => {
    const finished = await invoke({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h',
      OTEL_EXPORTER_OTLP_TIMEOUT: header,
      OTEL_EXPORTER_OTLP_HEADERS: `a=b,${header}=`,
    });
    expect(finished.code).toBe(0);
    const lines = finished.output
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as object);
    expect(lines).toEqual([
      { level: 'WARN', message: 'OTEL_EXPORTER_OTLP_TIMEOUT is not a number of milliseconds; ignored' },
      { level: 'WARN', message: 'OTEL_EXPORTER_OTLP_HEADERS: pair 2 is malformed; ignored' },
    ]);
    expectSilence(finished);
  });
});
