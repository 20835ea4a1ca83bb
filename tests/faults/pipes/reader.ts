/** Reads numbered lines and judges them: `reader.ts <ReaderOrder as JSON>`. First it says `open`, at the end what it found. */
import { once } from 'node:events';
import { fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Findings, ReaderOrder } from './protocol.ts';
import { requestsOf } from './requests.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as ReaderOrder;
const { path, pauseMs, pauseBytes, held = false, largeBytes = 0 } = order;
const requestAt = requestsOf(largeBytes);

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): unknown => Atomics.wait(cell, 0, 0, ms);

const payloads = new Map<Uint8Array, string>();
/** Every payload is compared with the first of its request, which is unpacked. */
const holds = (payload: string, number: number): boolean => {
  const request = requestAt(number);
  const known = payloads.get(request);
  if (known !== undefined) return known === payload;
  payloads.set(request, payload);
  return gunzipSync(Buffer.from(payload, 'base64')).equals(request);
};

interface Line {
  readonly __otel_otlp_stdout?: string;
  readonly source?: string;
  readonly payload?: string;
  readonly dropped?: number;
}

let lines = 0;
let droppedSaid = 0;
let last = -1;
const wrong: string[] = [];

const objectionTo = (text: string): string | undefined => {
  const line = JSON.parse(text) as Line;
  const { source, payload = '', dropped = 0 } = line;
  const number = Number(source);
  if (line.__otel_otlp_stdout === undefined || source === undefined) return 'no envelope';
  const expected = last + 1 + dropped;
  last = number;
  droppedSaid += dropped;
  if (!holds(payload, number)) return 'another request';
  return number === expected ? undefined : `number ${number}, not ${expected}`;
};

const judge = (text: string): void => {
  let objection: string | undefined;
  try {
    objection = objectionTo(text);
  } catch {
    objection = 'no JSON';
  }
  if (objection === undefined) lines++;
  else if (wrong.length < 10) wrong.push(`${objection}: ${text.slice(0, 60)}…${text.slice(-60)}`);
};

const fd = path === undefined ? 0 : openSync(path, 'r');
const mayPause = !fstatSync(fd).isFile();
writeSync(1, 'open\n');
if (held) await once(process.stdin, 'data');
const chunk = Buffer.alloc(64 * 1024);
let rest = '';
let sincePause = 0;
for (;;) {
  const read = readSync(fd, chunk, 0, chunk.length, null);
  if (read === 0) break;
  const parts = (rest + chunk.toString('latin1', 0, read)).split('\n');
  rest = parts.pop() ?? '';
  parts.forEach(judge);
  sincePause += read;
  if (mayPause && sincePause >= pauseBytes) {
    sincePause = 0;
    sleep(pauseMs);
  }
}
const findings: Findings = { lines, droppedSaid, last, wrong, rest: rest.length };
writeSync(1, `${JSON.stringify(findings)}\n`);
if (held) process.stdin.destroy();
