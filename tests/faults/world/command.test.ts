import { describe, expect, it } from 'vitest';
import { type CommandRecord, unsureIn } from './command.ts';
import type { RequestRecord } from './record.ts';

const request = (over: Partial<RequestRecord>): RequestRecord => ({
  destination: 'otlp_http/a',
  signal: 'traces',
  environment: 'forwarder-0',
  ids: [7],
  hash: '',
  status: 200,
  taken: [7],
  rejected: [],
  answered: true,
  abandoned: false,
  ...over,
});

const command = (over: Partial<CommandRecord>): CommandRecord => ({
  number: 0,
  kind: 'invoke',
  environment: 'forwarder-0',
  failuresBefore: [],
  records: [],
  status: 'done',
  reports: [],
  hits: [],
  clean: new Set(),
  stalledMs: 0,
  storeBroken: false,
  ...over,
});

const CUT_OFF = request({ status: 0, answered: false });
const ABANDONED = request({ abandoned: true });
const SURE = request({});
const REFUSED = request({ status: 503, taken: [] });

describe('what a command may send again', () => {
  it.each([
    ['nothing that was answered', [SURE], 0],
    ['what was cut off, once for each time', [CUT_OFF, REFUSED, CUT_OFF], 2],
    ['what it gave up', [ABANDONED], 1],
  ])('%s', (_, records, times) => {
    expect([...unsureIn(command({ records }))]).toEqual(Array(times).fill(['otlp_http/a', 7]));
  });

  it.each([
    ['the last time is excused by the next start', [CUT_OFF], 0],
    ['a second time is excused by the first, which it could not know of', [CUT_OFF, SURE], 1],
    ['that also when the second is cut off', [CUT_OFF, CUT_OFF], 1],
    ['not when it did know', [SURE, CUT_OFF], 0],
  ])('killed: %s', (_, records, times) => {
    expect([...unsureIn(command({ records, status: 'killed' }))]).toHaveLength(times);
  });

  it('after a long pause of the machine everything', () => {
    expect([...unsureIn(command({ records: [SURE], stalledMs: 501 }))]).toHaveLength(1);
  });
});
