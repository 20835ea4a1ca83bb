import { spawnSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Store } from '../types.ts';
import { s3Store, type S3StoreOptions } from './s3-store.ts';
import { StoreError } from './store-error.ts';

const CANARIES = { id: 'CANARYID7F3A', secret: 'canarysecret7f3a', token: 'canarytoken7f3a' };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', CANARIES.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CANARIES.secret);
  vi.stubEnv('AWS_SESSION_TOKEN', CANARIES.token);
  vi.stubEnv('AWS_REGION', 'eu-north-1');
  vi.stubEnv('AWS_CONFIG_FILE', join(import.meta.dirname, 'none'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(import.meta.dirname, 'none'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
type Answer = (request: Received, response: ServerResponse) => void;

const listen = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A store whose service gives one answer after the other, the last one for ever. */
const storeWith = async (
  answers: Answer | readonly Answer[],
  options: Partial<S3StoreOptions> = {},
): Promise<{ readonly store: Store; readonly requests: readonly Received[] }> => {
  const left = [...[answers].flat()];
  const requests: Received[] = [];
  const endpoint = await listen((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const { method = '', headers } = request;
      const received = { method, path: pathname, query: Object.fromEntries(searchParams), headers, body };
      requests.push(received);
      (left.length > 1 ? left.shift() : left[0])?.(received, response);
    });
  });
  // Not spread, so that a getter stays one.
  const given = Object.defineProperties(
    { bucket: 'letters', endpoint, forcePathStyle: true },
    Object.getOwnPropertyDescriptors(options),
  );
  return { store: s3Store(given), requests };
};

const xml =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'REQ1', ...headers });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
  };
const failing = (status: number, code: string, message = 'x'): Answer =>
  xml(status, `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>REQ1</RequestId></Error>`);
const stored = xml(200, '', { etag: '"e"' });
const page = (
  keys: readonly string[],
  { next, prefixes = [] }: { next?: string; prefixes?: readonly string[] } = {},
): Answer =>
  xml(
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>letters</Name><EncodingType>url</EncodingType>
    <KeyCount>${keys.length}</KeyCount><IsTruncated>${next !== undefined}</IsTruncated>
    ${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}
    ${keys.map((key) => `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>"e"</ETag><Size>7</Size></Contents>`).join('')}
    ${prefixes.map((prefix) => `<CommonPrefixes><Prefix>${prefix}</Prefix></CommonPrefixes>`).join('')}
    </ListBucketResult>`,
  );

const keysOf = async (store: Store, prefix = ''): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};
const failureOf = async (attempt: Promise<unknown>): Promise<StoreError> => {
  const error = await attempt.catch((cause: unknown) => cause);
  if (!(error instanceof StoreError)) throw new Error('it did not fail with a StoreError', { cause: error });
  return error;
};
const everyCall = (store: Store): Readonly<Record<string, () => Promise<unknown>>> => ({
  'write an object': () => store.put('a', Buffer.from('x')),
  'read an object': () => store.get('a'),
  'list objects': () => keysOf(store),
  'remove objects': () => store.remove(['a']),
});

describe('s3Store', () => {
  it('is named as people write it', () => {
    expect(s3Store({ bucket: 'b' }).name).toBe('s3://b');
    expect(s3Store({ bucket: 'b', prefix: '/a/c/' }).name).toBe('s3://b/a/c');
  });

  it('loads the SDK with its first use, not before', () => {
    const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 's3-store.ts')).href);
    const code = `
      import { createRequire } from 'node:module';
      const loaded = () => Object.keys(createRequire(${module}).cache).some((path) => /@aws-sdk|@smithy/.test(path));
      const { s3Store } = await import(${module});
      const store = s3Store({ bucket: 'b', endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
      await store.get('').catch(() => undefined);
      const before = loaded();
      await store.get('a').catch(() => undefined);
      console.log(before, loaded());
    `;
    const args = ['--conditions=@serverless-otlp/source', '--input-type=module', '-e', code];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['false true\n', '']);
  });

  it('writes under its prefix, with a checksum, and asks for no encryption of its own', async () => {
    const { store, requests } = await storeWith(stored, { prefix: 'p' });
    await store.put('a/b c', Buffer.from('body'));
    expect(requests).toMatchObject([{ method: 'PUT', path: '/letters/p/a/b%20c', body: 'body' }]);
    const { headers } = requests[0] ?? {};
    expect(headers?.['x-amz-checksum-crc32']).toBeDefined();
    expect(headers?.['x-amz-server-side-encryption']).toBeUndefined();
    expect(headers?.['x-amz-expected-bucket-owner']).toBeUndefined();
  });

  it('encrypts with the given key, and names the owner in every request', async () => {
    const owner = '123456789012';
    const { store, requests } = await storeWith(
      [stored, xml(200, 'body', { etag: '"e"' }), page([]), xml(200, '<DeleteResult/>')],
      {
        kmsKeyId: 'arn:aws:kms:eu-north-1:1:key/k',
        expectedBucketOwner: owner,
      },
    );
    for (const call of Object.values(everyCall(store))) await call();
    expect(requests.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual([owner, owner, owner, owner]);
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-north-1:1:key/k',
    });
  });

  it('reads what is there, and tells when there is nothing', async () => {
    const body = (_: Received, response: ServerResponse): void => {
      response.writeHead(200, { etag: '"e"', 'content-length': '4' }).end('\0\xff\r\n', 'latin1');
    };
    const { store, requests } = await storeWith([body, failing(404, 'NoSuchKey')]);
    expect(Buffer.from((await store.get('a')) ?? []).toString('latin1')).toBe('\0\xff\r\n');
    expect(await store.get('a')).toBeUndefined();
    expect(requests[0]?.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  it('refuses a large object before it reads it, and frees the connection', async () => {
    let closed = false;
    const { store } = await storeWith((_, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(200, { etag: '"e"', 'content-length': String(64 * 1024 * 1024 + 1) });
      response.write('x'.repeat(1000));
    });
    const error = await failureOf(store.get('a'));
    expect(error.permanent).toBe(true);
    expect(error.message).toBe('s3://letters: an object of 67108865 bytes is not read; at most 67108864 are');
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it.each<[string, Answer]>([
    [
      'is cut off',
      (_, response) => {
        response.writeHead(200, { etag: '"e"', 'content-length': '10' });
        response.write('x', () => response.destroy());
      },
    ],
    [
      'was damaged',
      (_, response) => {
        response.writeHead(200, { etag: '"e"', 'x-amz-checksum-crc32': 'AAAAAA==', 'content-length': '4' }).end('body');
      },
    ],
    [
      'stops coming',
      (_, response) => {
        response.writeHead(200, { etag: '"e"', 'content-length': '4' }).write('b');
      },
    ],
  ])('does not take for whole what %s', async (_, answer) => {
    const { store } = await storeWith(answer, { timeoutMs: 100, maxAttempts: 1 });
    expect((await failureOf(store.get('a'))).permanent).toBe(false);
  });

  it('lists page by page, without its prefix, and hides what no store has written', async () => {
    const foreign = ['p/', 'p/a//b', 'p/a/', 'p/../b', 'p/a%0Ab', 'p/%ZZ', 'other/a'];
    const { store, requests } = await storeWith(
      [page(['p/a/1', ...foreign], { next: 'one+two/=' }), page([], { next: 'three' }), page(['p/a/b+c%2B%C3%A9'])],
      { prefix: 'p' },
    );
    const found: unknown[] = [];
    for await (const object of store.list('a')) found.push(object);
    const modifiedMs = Date.parse('2026-01-02T03:04:05Z');
    expect(found).toEqual([
      { key: 'a/1', bytes: 7, modifiedMs },
      { key: 'a/b c+é', bytes: 7, modifiedMs },
    ]);
    expect(requests.map(({ query }) => query['continuation-token'])).toEqual([undefined, 'one+two/=', 'three']);
    expect(requests.map(({ query }) => query['prefix'])).toEqual(['p/a', 'p/a', 'p/a']);
    expect(requests.map(({ query }) => query['encoding-type'])).toEqual(['url', 'url', 'url']);
  });

  it('asks for the next page when somebody wants it', async () => {
    const { store, requests } = await storeWith([page(['a', 'b'], { next: 't' }), page(['c'])]);
    for await (const { key } of store.list('')) if (key === 'b') break;
    expect(requests).toHaveLength(1);
  });

  it('ends a list that has no end', async () => {
    for (const answer of [page(['a'], { next: 'same' }), page(['a'], { next: '' })]) {
      const { store, requests } = await storeWith(answer);
      expect((await failureOf(keysOf(store))).message).toMatch(/the list has no end/);
      expect(requests.length).toBeLessThan(3);
    }
  });

  it('names folders once, over all pages, in order', async () => {
    const { store, requests } = await storeWith(
      [
        page(['p/x/1'], { next: 't', prefixes: ['p/x/a-/', 'p/x/a%252F/', 'p/x//'] }),
        page([], { prefixes: ['p/x/a-/', 'p/x/a/'] }),
      ],
      { prefix: 'p' },
    );
    expect(await store.folders('x/')).toEqual(['a', 'a%2F', 'a-']);
    expect(requests[0]?.query).toMatchObject({ prefix: 'p/x/', delimiter: '/' });
  });

  it('removes a thousand at a time, each once, and asks nothing for nothing', async () => {
    const { store, requests } = await storeWith(xml(200, '<DeleteResult/>'), { prefix: 'p' });
    await store.remove([]);
    expect(requests).toEqual([]);
    const keys = Array.from({ length: 2500 }, (_, index) => `a/${index}`);
    await store.remove([...keys, ...keys]);
    const asked = requests.map(({ body }) => [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key));
    expect(asked.map((one) => one.length)).toEqual([1000, 1000, 500]);
    expect(asked.flat()).toEqual(keys.map((key) => `p/${key}`));
  });

  it.each([
    ['AccessDenied', true, /cannot remove 2 of 3 objects: access denied/],
    ['SlowDown', false, /fewer requests/],
    ['InternalError', false, /could not finish/],
    ['MethodNotAllowed', true, /refuses/],
  ])('says that some were not removed: %s', async (code, permanent, message) => {
    const errors = `<Error><Key>a</Key><Code>NoSuchKey</Code></Error>${`<Error><Key>b</Key><Code>${code}</Code><Message>m</Message></Error>`.repeat(2)}`;
    const { store } = await storeWith(xml(200, `<DeleteResult>${errors}</DeleteResult>`));
    const error = await failureOf(store.remove(['a', 'b', 'c']));
    expect(error.permanent).toBe(permanent);
    expect(error.message).toMatch(message);
  });
});

describe('s3Store says what failed, and whether it lasts', () => {
  const KMS = 'User: arn:aws:sts::1:assumed-role/r is not authorized to perform: kms:GenerateDataKey on resource: k';
  const redirect = xml(301, '<Error><Code>PermanentRedirect</Code></Error>', { 'x-amz-bucket-region': 'eu-west-1' });
  const region = xml(400, '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>');

  it.each<[string, boolean, RegExp, Answer]>([
    ['bucket missing', true, /no such bucket; check its name/, failing(404, 'NoSuchBucket')],
    [
      'access denied',
      true,
      /access denied; check that the role.*s3:PutObject.*AccessDenied, status 403, request REQ1/,
      failing(403, 'AccessDenied'),
    ],
    ['access denied by a proxy', true, /access denied/, xml(403, '<html>no</html>')],
    [
      'access to the KMS key denied',
      true,
      /KMS key cannot be used.*kms:GenerateDataKey/,
      failing(403, 'AccessDenied', KMS),
    ],
    ['KMS key disabled', true, /KMS key cannot be used/, failing(400, 'KMS.DisabledException')],
    ['wrong key', true, /refuses the credentials/, failing(403, 'InvalidAccessKeyId')],
    ['wrong signature', true, /refuses the credentials/, failing(403, 'SignatureDoesNotMatch')],
    ['expired', true, /refuses the credentials/, failing(400, 'ExpiredToken')],
    ['other region', true, /in another region, eu-west-1; set region/, redirect],
    ['signed for another region', true, /in another region, eu-west-1; set region/, region],
    ['archived', true, /archived; restore it/, failing(403, 'InvalidObjectState')],
    ['bad request', true, /refuses the request/, failing(400, 'InvalidRequest')],
    ['throttled', false, /fewer requests/, failing(503, 'SlowDown')],
    ['throttled by status', false, /fewer requests/, xml(429, '')],
    ['overloaded without XML', false, /fewer requests/, xml(503, '<html>down</html>')],
    ['internal error', false, /S3 failed/, failing(500, 'InternalError')],
    ['bad gateway', false, /S3 failed/, xml(502, '')],
    ['closed without an answer', false, /cannot be reached/, (_, response) => response.destroy()],
    ['no answer in time', false, /no answer in time.*gateway endpoint/, () => undefined],
  ])('%s', async (_, permanent, message, answer) => {
    const { store } = await storeWith(answer, { timeoutMs: 1_000, maxAttempts: 1 });
    const failures = Object.entries(everyCall(store)).map(async ([verb, call]) => ({
      verb,
      error: await failureOf(call()),
    }));
    for (const { verb, error } of await Promise.all(failures)) {
      expect([verb, error.permanent]).toEqual([verb, permanent]);
      expect(error.message).toMatch(message);
      expect(error.message.startsWith(`s3://letters: cannot ${verb}: `)).toBe(true);
    }
  });

  it('another server answers 200 to anything', async () => {
    for (const body of ['<html></html>', '{}', 'hello', '']) {
      const { store } = await storeWith(xml(200, body), { maxAttempts: 1 });
      const { 'remove objects': _, ...calls } = everyCall(store);
      for (const call of Object.values(calls)) expect((await failureOf(call())).message).toMatch(/none of S3/);
    }
  });

  it('nobody listens', async () => {
    const store = s3Store({ bucket: 'b', endpoint: 'http://127.0.0.1:1', forcePathStyle: true, maxAttempts: 1 });
    const error = await failureOf(store.get('a'));
    expect(error.permanent).toBe(false);
    expect(error.message).toMatch(/cannot be reached.*ECONNREFUSED/);
  });

  it('no credentials, no region, no endpoint', async () => {
    expect((await failureOf(s3Store({ bucket: 'b', endpoint: 'no URL' }).get('a'))).message).toMatch(/not a URL/);
    vi.stubEnv('AWS_REGION', undefined);
    expect((await failureOf(s3Store({ bucket: 'b' }).get('a'))).message).toMatch(/no region; set region or AWS_REGION/);
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    const { store, requests } = await storeWith(stored, { region: 'eu-north-1' });
    const error = await failureOf(store.put('a', Buffer.from('x')));
    expect(error.permanent).toBe(true);
    expect(error.message).toMatch(/no AWS credentials; give the function a role/);
    expect(requests).toEqual([]);
  });

  it('a bad name of a bucket', async () => {
    const { store } = await storeWith(stored, { bucket: 'no/bucket' });
    const error = await failureOf(store.get('a'));
    expect(error.permanent).toBe(true);
    expect(error.message).toMatch(/no such bucket; check its name/);
  });

  it('what could not be opened once is opened again', async () => {
    let reads = 0;
    const { store } = await storeWith(stored, {
      get region() {
        reads += 1;
        if (reads === 1) throw Object.assign(new Error('x'), { code: 'EMFILE' });
        return 'eu-north-1';
      },
    });
    expect((await failureOf(store.put('a', Buffer.from('x')))).permanent).toBe(false);
    await store.put('a', Buffer.from('x'));
  });

  it('tries again before it says anything', async () => {
    const { store, requests } = await storeWith([failing(500, 'InternalError'), stored]);
    await store.put('a', Buffer.from('x'));
    expect(requests).toHaveLength(2);
    const { store: down, requests: tries } = await storeWith(failing(500, 'InternalError'));
    await failureOf(down.put('a', Buffer.from('x')));
    expect(tries).toHaveLength(3);
  });

  it('D27: credentials and signatures stay out of errors, whatever the server repeats', async () => {
    const { store, requests } = await storeWith(
      ({ headers }, response) => {
        const said = JSON.stringify(headers).replaceAll('<', '&lt;').replaceAll('"', '&quot;');
        const id = `<AWSAccessKeyId>${CANARIES.id}</AWSAccessKeyId><StringToSign>${said}</StringToSign>`;
        response.writeHead(403, {
          'x-amz-request-id': `${CANARIES.token} ${said.slice(0, 100)}`,
          'x-amz-bucket-region': CANARIES.token,
        });
        response.end(`<Error><Code>${CANARIES.id} ${CANARIES.token}</Code><Message>${said}</Message>${id}</Error>`);
      },
      { maxAttempts: 1 },
    );
    for (const call of Object.values(everyCall(store))) {
      const error = await failureOf(call());
      expect(error.message).toMatch(/access denied/);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/canary|signature/i);
    }
    expect(JSON.stringify(requests)).toContain(CANARIES.token);
  });
});

describe('s3Store gives up', () => {
  it('before the first byte when it was told so', async () => {
    const { store, requests } = await storeWith(stored);
    await failureOf(store.put('a', Buffer.from('x'), AbortSignal.abort()));
    await failureOf(store.get('a', AbortSignal.abort()));
    expect(requests).toEqual([]);
  });

  it.each([
    ['the answer', (): void => undefined],
    [
      'the rest of the answer',
      (_: Received, response: ServerResponse): void =>
        void response.writeHead(200, { etag: '"e"', 'content-length': '4' }).write('b'),
    ],
    ['the next try', failing(503, 'SlowDown')],
  ])('at once while it waits for %s', async (_, answer) => {
    let closed = 0;
    const { store } = await storeWith(
      (request, response) => {
        response.on('close', () => (closed += 1));
        answer(request, response);
      },
      { maxAttempts: 50 },
    );
    const abort = new AbortController();
    const attempt = failureOf(store.get('a', abort.signal));
    await sleep(100);
    const startMs = performance.now();
    abort.abort();
    const error = await attempt;
    expect(performance.now() - startMs).toBeLessThan(400);
    expect(error.permanent).toBe(false);
    expect(error.message).toMatch(/no answer in time/);
    await vi.waitFor(() => expect(closed).toBeGreaterThan(0));
  });

  it('on a server that hangs, try by try', async () => {
    const { store, requests } = await storeWith(() => undefined, { timeoutMs: 50, maxAttempts: 2 });
    const startMs = performance.now();
    expect((await failureOf(store.put('a', Buffer.alloc(3_000_000)))).permanent).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(requests).toHaveLength(2);
  });
});
