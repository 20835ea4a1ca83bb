import type { FakeAnswer, ReceivedRequest } from '@serverless-otlp/testing/fake-collector';

/** Everything a request brought along, in every spelling that a careless server may write to its answer. */
const echoOf = ({ path, headers, rawHeaders }: ReceivedRequest): string => {
  const values = [path, ...rawHeaders, ...rawHeaders.flatMap((value) => value.split(/[\s=&]/))];
  const spellings = [
    (value: string) => value,
    (value: string) => encodeURIComponent(value),
    (value: string) => encodeURIComponent(value).toLowerCase(),
    (value: string) => decodeURIComponent(value.replace(/%(?![0-9a-f]{2})/gi, '%25')),
    (value: string) => Buffer.from(value).toString('base64'),
    (value: string) => Buffer.from(value, 'base64').toString('latin1'),
    (value: string) => Buffer.from(value).toString('base64url'),
    (value: string) => Buffer.from(value).toString('hex'),
    (value: string) => JSON.stringify(JSON.stringify(value)),
  ];
  // The interesting ones first: a report repeats 200 characters, and each value is to be among them once.
  const wanted = values.filter((value) => /cnry|basic /i.test(value));
  const number = turn++;
  const spell = spellings[number % spellings.length] ?? String;
  const first = wanted[Math.floor(number / spellings.length) % Math.max(1, wanted.length)] ?? '';
  return `${spell(first)} ${JSON.stringify(headers)} ${spellings.map((each) => each(path)).join(' ')}`;
};
let turn = 0;

const JSON_TYPE = { 'content-type': 'application/json' };

/** `google.rpc.Status` with a message, in protobuf. */
const statusOf = (text: string): Buffer => {
  const message = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x12, (message.length & 0x7f) | 0x80, message.length >> 7]), message]);
};

const inJson =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  (request: ReceivedRequest): FakeAnswer => ({
    status,
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ code: 3, message: echoOf(request) }),
  });

/** How collectors fail that repeat what they were sent. */
export const ANSWERS: Readonly<Record<string, (request: ReceivedRequest) => FakeAnswer>> = {
  '400': inJson(400),
  '401': inJson(401, { 'www-authenticate': 'Bearer' }),
  '403 in text': (request) => ({ status: 403, headers: { 'content-type': 'text/plain' }, body: echoOf(request) }),
  '404': inJson(404),
  '413': inJson(413),
  '429': inJson(429, { 'retry-after': '0' }),
  '500 in protobuf': (request) => ({
    status: 500,
    headers: { 'content-type': 'application/x-protobuf' },
    body: statusOf(echoOf(request).slice(0, 16_000)),
  }),
  '503': inJson(503),
  redirect: (request) => ({ ...inJson(302)(request), headers: { ...JSON_TYPE, location: `/?${echoOf(request)}` } }),
  'partial success': (request) => ({
    headers: JSON_TYPE,
    body: JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: echoOf(request) } }),
  }),
  garbage: (request) => ({ headers: { 'content-type': 'application/x-protobuf' }, body: echoOf(request) }),
  'no HTTP': (request) => ({ raw: `${echoOf(request)}\r\n\r\n` }),
  'a status line with it': (request) => ({
    raw: `HTTP/1.1 400 ${echoOf(request).replace(/[^ -~]/g, '')}\r\ncontent-length: 0\r\n\r\n`,
  }),
  reset: () => ({ fault: 'reset' }),
  silence: () => ({ fault: 'hang' }),
};
