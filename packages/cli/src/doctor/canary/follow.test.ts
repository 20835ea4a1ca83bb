import { terminalOf } from '@serverless-otlp/dev-server';
import { readEnvelope } from '@serverless-otlp/otlp';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Aws } from '../aws/calls.ts';
import { CallFailed } from '../reason.ts';
import type { Facts } from '../installation/facts.ts';
import { canaryLine, type Chance } from './canary-line.ts';
import { followCanary, type Followed } from './follow.ts';
import { hopsText } from './hops.ts';

const ARN = 'arn:aws:lambda:eu-north-1:123456789012:function:otlp';
const GROUP = '/aws/lambda/checkout';
const CHANCE: Chance = { hex: (bytes) => 'ab'.repeat(bytes), below: () => 7 };
const SPANS = 30;

const reportOf = (destinations: object, more: object = {}): string =>
  JSON.stringify({
    message: 'otlp forwarder report',
    durationMs: 40,
    lines: { in: 1, decoded: 1, ignored: 0, quarantined: 0 },
    destinations,
    balanced: true,
    ...more,
  });

interface World {
  /** Answers of PutLogEvents. */
  readonly put?: object | Error;
  /** What the log of the forwarder says after the line was written. */
  readonly log?: readonly string[];
  readonly pattern?: string;
}

const follow = async ({
  put = {},
  log = [],
  pattern = '"__otel_otlp_stdout"',
}: World): Promise<Followed & { readonly written: readonly string[] }> => {
  let nowMs = 1_795_279_855_000;
  const written: string[] = [];
  const aws: Aws = (action, input) => {
    nowMs += 10;
    if (action === 'logs:CreateLogStream') return Promise.resolve({});
    if (action === 'logs:PutLogEvents') {
      written.push(JSON.stringify(input));
      return put instanceof Error ? Promise.reject(put) : Promise.resolve(put);
    }
    return Promise.resolve({ events: log.map((message) => ({ message, timestamp: nowMs + 500 })) });
  };
  const facts: Facts = {
    aws,
    names: { forwarder: 'otlp', redrive: 'otlp-redrive' },
    account: '123456789012',
    region: 'eu-north-1',
    forwarder: { FunctionName: 'otlp' },
    arn: ARN,
    config: undefined,
    redrive: () => Promise.resolve(undefined),
    groups: () =>
      Promise.resolve({
        items: [
          {
            name: GROUP,
            arn: '',
            logClass: 'STANDARD',
            filters: [{ filterName: 'f', filterPattern: pattern, destinationArn: ARN }],
          },
        ],
        more: false,
      }),
    policies: () => Promise.resolve([]),
    now: () => nowMs,
  };
  const followed = await followCanary({
    facts,
    logGroup: GROUP,
    chance: CHANCE,
    sleep: (ms) => Promise.resolve(void (nowMs += ms)),
    signal: new AbortController().signal,
    untilMs: nowMs + 10_000,
    onWrite: () => undefined,
  });
  return { ...followed, written };
};

const told = ({ findings }: Followed): readonly string[] => findings.map(({ id, status }) => `${id} ${status}`);

describe('the line of a canary', () => {
  it('is one envelope the forwarder reads, of one trace', () => {
    const { line, traceId, spans } = canaryLine(CHANCE, 1_795_279_855_000);
    const read = readEnvelope(JSON.parse(line) as Readonly<Record<string, unknown>>, line, (packed) =>
      gunzipSync(packed),
    );
    expect([spans, traceId, line.length < 60_000, line.includes('\n')]).toEqual([SPANS, 'ab'.repeat(16), true, false]);
    expect(read).toMatchObject({ request: { signal: 'traces', items: SPANS } });
  });
});

describe('followCanary', () => {
  it('tells what became of it at each destination', async () => {
    const followed = await follow({
      log: [
        reportOf({ otlp_http: { traces: { decoded: 4, delivered: 4 } } }),
        reportOf(
          { a: { traces: { decoded: SPANS, delivered: SPANS } }, b: { traces: { decoded: SPANS, pending: SPANS } } },
          { errors: [{ destination: 'b', error: 'b.example answered 503', count: 1 }] },
        ),
      ],
    });
    expect(told(followed)).toEqual([
      'canary-filter pass',
      'canary-accepted pass',
      'canary-invoked pass',
      'canary-forwarder pass',
      'canary-delivered pass',
      'canary-delivered fail',
    ]);
    expect(followed.findings.at(-1)?.evidence).toBe('0 of 30 spans, 30 pending: b.example answered 503');
    const drawn = hopsText(followed.traceId, followed.hops, {
      ...terminalOf(process.stdout, {}, 'linux'),
      columns: 80,
    });
    expect(drawn).toContain('accepts the line');
    expect(drawn.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it.each<readonly [string, World, readonly string[]]>([
    ['no filter', { pattern: '"another"' }, ['canary-filter fail']],
    [
      'a refused time',
      { put: { rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } } },
      ['canary-filter pass', 'canary-accepted fail'],
    ],
    [
      'no permission',
      { put: new CallFailed('denied', 'it needs permission logs:PutLogEvents') },
      ['canary-filter pass', 'canary-accepted fail'],
    ],
    ['silence', {}, ['canary-filter pass', 'canary-accepted pass', 'canary-invoked fail']],
    [
      'words, and none of the canary',
      { log: ['START RequestId: 1'] },
      ['canary-filter pass', 'canary-accepted pass', 'canary-forwarder fail'],
    ],
    [
      'no pipeline',
      { log: [reportOf({}, { unrouted: { traces: SPANS } })] },
      [
        'canary-filter pass',
        'canary-accepted pass',
        'canary-invoked pass',
        'canary-forwarder pass',
        'canary-delivered fail',
      ],
    ],
    [
      'a line that cannot be read',
      {
        log: [
          reportOf(
            {},
            { faults: [{ reason: 'truncated', source: { log_stream: `serverless-otlp-doctor/${'ab'.repeat(8)}` } }] },
          ),
        ],
      },
      [
        'canary-filter pass',
        'canary-accepted pass',
        'canary-invoked pass',
        'canary-forwarder pass',
        'canary-delivered fail',
      ],
    ],
  ])('%s is the hop that is named', async (_title, world, expected) => {
    expect(told(await follow(world))).toEqual(expected);
  });

  it('writes nothing where nobody would read it', async () => {
    expect((await follow({ pattern: '"another"' })).written).toEqual([]);
  });
});
