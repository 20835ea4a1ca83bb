import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { showsCanary } from './canary.ts';
import { idsIn } from './items.ts';

/** A letter in the store, read without the code under test. */
export interface StoredLetter {
  readonly key: string;
  readonly state: string;
  /** Id of the destination, or `lines`, or `events`. */
  readonly destination: string;
  readonly ids: readonly number[];
  /** SHA-256 of the lines in it, as they came. */
  readonly lines: readonly string[];
}

/** Everything in the store. */
export interface Contents {
  readonly letters: readonly StoredLetter[];
  /** Keys of Lambda's on-failure objects. */
  readonly failures: readonly string[];
}

/** How the store is out of order: a file stands in the place of all of it, or of one of its folders. */
export type Breakage = 'root' | 'pending' | 'quarantine';

/** The folder of the dead letters, as a person with a shell sees it. */
export interface StoreFolder {
  readonly path: string;
  contents(): Contents;
  breakDown(how: Breakage): void;
  repair(): void;
  /** Writes an event there as Lambda does when all its tries failed; also while the forwarder cannot. */
  putFailure(requestPayload: unknown, nowMs: number): string;
  /** Puts an object there that is nobody's telemetry; it is not counted, wherever it is moved. */
  plant(key: string, body: Uint8Array | string, modifiedMs?: number): void;
  read(key: string): Buffer;
  remove(key: string): void;
}

const FUNCTION = 'otlp-forwarder';

const filesIn = (folder: string, name: string): readonly string[] => {
  try {
    return readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1));
  } catch {
    return []; // nothing was ever stored
  }
};

interface LetterHeader {
  readonly encoding: string;
  readonly content: string;
  readonly sha256: string;
  readonly items?: number;
}

/** SHA-256, hex. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const hashesIn = (content: Buffer): readonly string[] =>
  content
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly sha256: string }).sha256);

/** What Lambda writes: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const failureRecord = (requestPayload: unknown, nowMs: number): object => ({
  version: '1.0',
  timestamp: new Date(nowMs).toISOString(),
  requestContext: {
    requestId: randomUUID(),
    functionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${FUNCTION}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorMessage: 'not delivered', errorType: 'RedeliverError' },
});

/** Reads and spoils the folder `path`. */
export const storeFolder = (path: string, violation: (text: string) => void): StoreFolder => {
  const known = new Map<string, StoredLetter>();
  /** Hashes of objects. */
  const planted = new Set<string>();
  let broken: { readonly from: string; readonly to: string } | undefined;

  const real = (key: string): string => {
    const file = join(path, key);
    return broken !== undefined && file.startsWith(broken.from) ? file.replace(broken.from, broken.to) : file;
  };

  /** What has this key never changes but for its first line. */
  const letterOf = (key: string): StoredLetter => {
    const letter = known.get(key) ?? readLetter(key, readFileSync(join(path, key)));
    known.set(key, letter);
    return letter;
  };

  const readLetter = (key: string, object: Buffer): StoredLetter => {
    const [state = '', segment = ''] = key.split('/');
    const destination = decodeURIComponent(segment);
    const letter = { key, state, destination, lines: [], ids: [] };
    if (destination === 'events' || planted.has(sha256(object))) return letter;
    const end = object.indexOf('\n');
    const text = object.toString('utf8', 0, end);
    const header = JSON.parse(text) as LetterHeader;
    const packed = object.subarray(end + 1);
    const content = header.encoding === 'gzip' ? gunzipSync(packed) : packed;
    if (showsCanary(text) || showsCanary(content.toString('latin1'))) violation(`a secret is in ${key}`);
    if (sha256(content) !== header.sha256) violation(`${key} is damaged`);
    if (header.content === 'lines') return { ...letter, lines: hashesIn(content) };
    const ids = idsIn(content);
    if (header.items !== ids.length) violation(`${key} says it has ${header.items} of ${ids.length} items`);
    return { ...letter, ids };
  };

  /** Whole or not at all, like an object of S3. */
  const put = (key: string, body: Uint8Array | string): void => {
    mkdirSync(dirname(real(key)), { recursive: true });
    writeFileSync(`${path}.draft`, body);
    renameSync(`${path}.draft`, real(key));
  };

  return {
    path,
    contents: () => {
      const letters = ['pending', 'quarantine', 'expired'].flatMap((state) => filesIn(path, state)).map(letterOf);
      return { letters, failures: filesIn(path, 'aws') };
    },
    breakDown: (how) => {
      const from = how === 'root' ? path : join(path, how);
      mkdirSync(from, { recursive: true });
      broken = { from, to: `${path}.away` };
      renameSync(from, broken.to);
      writeFileSync(from, 'in the way');
    },
    repair: () => {
      if (broken === undefined) return;
      rmSync(broken.from);
      renameSync(broken.to, broken.from);
      broken = undefined;
    },
    putFailure: (payload, nowMs) => {
      const [date = '', time = ''] = new Date(nowMs).toISOString().slice(0, 19).split('T');
      const day = date.replaceAll('-', '/');
      const key = `aws/lambda/async/${FUNCTION}/${day}/${date}T${time.replaceAll(':', '.')}-${randomUUID()}`;
      put(key, JSON.stringify(failureRecord(payload, nowMs)));
      return key;
    },
    plant: (key, body, modifiedMs) => {
      planted.add(sha256(body));
      put(key, body);
      if (modifiedMs !== undefined) utimesSync(real(key), modifiedMs / 1000, modifiedMs / 1000);
    },
    read: (key) => readFileSync(real(key)),
    remove: (key) => rmSync(real(key)),
  };
};
