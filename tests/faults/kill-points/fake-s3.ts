import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** A bucket whose objects are the files of a folder, so that the world can look into it as into any store. */
export interface FakeS3 {
  readonly url: string;
  close(): Promise<void>;
}

/** The bucket's name. */
export const BUCKET = 'dead-letters';

/** Few keys a page, so that every list has several. */
const PAGE = 3;

const escaped = (text: string): string => text.replace(/[<>&"']/g, (char) => `&#${char.codePointAt(0)};`);
const encoded = (key: string): string => escaped(encodeURIComponent(key).replaceAll('%2F', '/'));

const xml = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml', etag: '"e"' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const keysIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch {
    return [];
  }
};

const list = (folder: string, query: URLSearchParams): string => {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const after = query.get('continuation-token') ?? '';
  const names = new Set<string>();
  for (const key of keysIn(folder)) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    names.add(end < 0 ? key : key.slice(0, end + 1));
  }
  const left = [...names].filter((name) => name > after);
  const page = left.slice(0, PAGE);
  const entries = page.map((name) => {
    if (name.endsWith('/')) return `<CommonPrefixes><Prefix>${encoded(name)}</Prefix></CommonPrefixes>`;
    const { size, mtime } = statSync(join(folder, name));
    const rest = `<Size>${size}</Size><LastModified>${mtime.toISOString()}</LastModified><ETag>"e"</ETag>`;
    return `<Contents><Key>${encoded(name)}</Key>${rest}</Contents>`;
  });
  const isTruncated = left.length > page.length;
  const next = isTruncated ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>` : '';
  const head = `<Name>${BUCKET}</Name><KeyCount>${page.length}</KeyCount><EncodingType>url</EncodingType>`;
  return `<ListBucketResult>${head}<IsTruncated>${isTruncated}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
};

const unescaped = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '&',
    );

const answer = async (folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
  const key = decodeURIComponent(pathname.slice(BUCKET.length + 2));
  const file = join(folder, key);
  const body = await bodyOf(request);
  if (request.method === 'GET' && key === '') {
    xml(response, 200, list(folder, searchParams));
    return;
  }
  if (request.method === 'POST' && searchParams.has('delete')) {
    for (const [, name = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g))
      rmSync(join(folder, unescaped(name)), { force: true });
    xml(response, 200, '<DeleteResult></DeleteResult>');
    return;
  }
  if (request.method === 'PUT') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${folder}.upload`, body);
    renameSync(`${folder}.upload`, file);
    xml(response, 200, '');
    return;
  }
  if (request.method !== 'GET') {
    xml(response, 405, '<Error><Code>MethodNotAllowed</Code></Error>');
    return;
  }
  let object: Buffer;
  try {
    object = readFileSync(file);
  } catch {
    xml(response, 404, '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
    return;
  }
  response.writeHead(200, { etag: '"e"', 'content-length': object.length });
  response.end(object);
};

/** Starts a bucket; close it in the end. */
export const startFakeS3 = async (folder: string): Promise<FakeS3> => {
  const server: Server = createServer((request, response) => {
    answer(folder, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
