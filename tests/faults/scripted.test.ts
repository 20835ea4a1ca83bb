/**
 * One answer at a time through the whole composition (split, retry, breaker, OTLP over HTTP, dead letters), beside a destination that
 * is well: how often it is asked, where the telemetry is afterwards, what the report says. What the exporter alone makes of an answer
 * is tested beside it (`packages/forwarder/src/exporters/otlp-http.test.ts`).
 */
import { SIGNALS } from '@serverless-otlp/otlp';
import type { FakeAnswer } from '@serverless-otlp/testing/fake-collector';
import { describe, expect, it } from 'vitest';
import { ids, laboratory, lineOf, type Laboratory } from './laboratory.ts';

const FIVE = ids(5);

/** Delivers five items to a destination that always answers so, and to one that is well. */
const answeredBy = async (
  answer: FakeAnswer,
  items: readonly number[] = FIVE,
): Promise<Laboratory & { readonly report: Awaited<ReturnType<Laboratory['invoke']>>['report'] }> => {
  const lab = await laboratory({ odd: { script: () => answer }, well: {} });
  const { report, error } = await lab.invoke([lineOf('traces', items)]);
  expect(error).toBeUndefined();
  expect(report.balanced).toBe(true);
  expect(lab.received('well')).toEqual(items);
  expect(report.destinations['otlp_http/well']?.traces).toMatchObject({
    decoded: items.length,
    delivered: items.length,
  });
  expect(lab.letters('well')).toEqual([]);
  return { ...lab, report };
};

const asked = (lab: Laboratory, name = 'odd'): number => lab.collectors[name]?.requests.length ?? 0;

describe('a fault of the destination', () => {
  it.each([301, 302, 307, 308, 401, 402, 403, 404, 405, 407, 408, 409, 414, 415, 431, 451, 500, 501, 505, 520])(
    'C5, D2, D5, D5a: %i is asked once, stored, and asked no more',
    async (status) => {
      const lab = await answeredBy({ status, headers: { location: 'http://127.0.0.1:9/v1/traces' } });
      expect(asked(lab)).toBe(1);
      expect(lab.letters('odd')).toEqual([`pending traces ${FIVE.join()}`]);
      expect(lab.report.destinations['otlp_http/odd']?.traces).toMatchObject({ decoded: 5, pending: 5 });
      expect(lab.report.errors?.[0]?.error).toContain(String(status));
      await lab.invoke([lineOf('traces', ids(2, 5))]);
      expect(asked(lab)).toBe(1);
      expect(lab.letters('odd')).toHaveLength(2);
    },
  );

  it.each([400, 413, 422])('D5a, D12: %i on everything, down to single items', async (status) => {
    const lab = await answeredBy({ status }, ids(4));
    expect(asked(lab)).toBe(7);
    expect(lab.letters('odd')).toEqual(['pending traces 0,1,2,3']);
  });

  it('C11, D5a: 503 with a body beyond the limit is asked once', async () => {
    const lab = await answeredBy({ status: 503, body: 'x'.repeat(4_194_305) });
    expect(asked(lab)).toBe(1);
    expect(lab.letters('odd')).toEqual([`pending traces ${FIVE.join()}`]);
  });
});

describe('a fault of the telemetry', () => {
  it.each([400, 413, 422])('D5a, D12: %i on a single item puts it in quarantine at once', async (status) => {
    const lab = await answeredBy({ status }, [7]);
    expect(asked(lab)).toBe(1);
    expect(lab.letters('odd')).toEqual(['quarantine traces 7']);
    expect(lab.report.quarantined?.[0]).toMatchObject({ destination: 'otlp_http/odd', items: 1 });
  });

  it.each(SIGNALS)('D12: 400 on one item of eight (%s) costs that one', async (signal) => {
    const script = ({ body }: { readonly body: Buffer }): FakeAnswer =>
      body.includes('00000003;') ? { status: 400 } : {};
    const lab = await laboratory({ odd: { script }, well: {} });
    const { report } = await lab.invoke([lineOf(signal, ids(8))]);
    expect(lab.letters('odd')).toEqual([`quarantine ${signal} 3`]);
    expect(report.destinations['otlp_http/odd']?.[signal]).toMatchObject({ decoded: 8, delivered: 7, quarantined: 1 });
    expect(lab.received('well')).toEqual(ids(8));
  });
});

describe('what passes', () => {
  it.each<readonly [string, FakeAnswer]>([
    ['429', { status: 429 }],
    ['429 with a wait that is none', { status: 429, headers: { 'retry-after': 'soon' } }],
    ['429 with a date that is over', { status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }],
    ['502', { status: 502 }],
    ['503', { status: 503 }],
    ['504', { status: 504 }],
    ['a reset', { fault: 'reset' }],
    ['a connection that closes', { fault: 'close' }],
  ])('C5, C7, C8, C9, D5, D6: %s is asked again, then stored', async (_, answer) => {
    const lab = await answeredBy(answer);
    expect(asked(lab)).toBeGreaterThanOrEqual(3);
    expect(lab.letters('odd')).toEqual([`pending traces ${FIVE.join()}`]);
  });

  it.each<readonly [string, FakeAnswer]>([
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a reset', { fault: 'reset' }],
  ])('C8: %s once, and then it is taken', async (_, answer) => {
    const lab = await laboratory({ odd: { script: [answer] }, well: {} });
    const { report } = await lab.invoke(SIGNALS.map((signal, index) => lineOf(signal, ids(3, index * 3))));
    expect([...lab.received('odd')].sort((a, b) => a - b)).toHaveLength(12);
    expect(new Set(lab.received('odd')).size).toBe(9);
    expect(lab.received('well')).toHaveLength(9);
    expect(lab.letters('odd')).toEqual([]);
    expect(report.errors).toBeUndefined();
  });

  it('C7: the same request comes again, not sooner than the server asked', async () => {
    const settings = { retry: { initial_interval_ms: 1, max_elapsed_ms: 4_000 } };
    const odd = { script: [{ status: 503, headers: { 'retry-after': '1' } }], settings };
    const also = { script: [{ status: 429, headers: { 'retry-after': '1' } }], settings };
    const lab = await laboratory({ odd, also });
    await lab.invoke([lineOf('logs', FIVE)]);
    for (const name of ['odd', 'also']) {
      const [first, second] = lab.collectors[name]?.requests ?? [];
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
      expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it.each(['30', '3600', '99999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'C17, D7: a wait of %s is beyond the deadline: stored at once, with the time before which it is not sent',
    async (wait) => {
      const started = Date.now();
      const lab = await answeredBy({ status: 429, headers: { 'retry-after': wait } });
      expect(asked(lab)).toBe(1);
      expect(Date.now() - started).toBeLessThan(1_000);
      expect(lab.letters('odd')).toHaveLength(1);
      const asks = asked(lab);
      const { destinations } = await lab.redrive();
      expect(destinations['otlp_http/odd']).toMatchObject({ found: 1, remaining: 1, redriven: 0 });
      expect(asked(lab)).toBe(asks);
    },
  );
});

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };
const rejecting = (spans: number, message: string): string =>
  JSON.stringify({ partialSuccess: { rejectedSpans: String(spans), errorMessage: message } });
const raw = (length: number, body: string): FakeAnswer => ({
  raw: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
});

describe('accepted', () => {
  it.each<readonly [string, FakeAnswer, object]>([
    ['nothing', {}, { delivered: 5 }],
    ['204', { status: 204 }, { delivered: 5 }],
    ['an empty partial success', { headers: JSON_TYPE, body: '{"partialSuccess":{}}' }, { delivered: 5 }],
    ['two rejected', { headers: JSON_TYPE, body: rejecting(2, 'too old') }, { delivered: 3, rejected: 2 }],
    ['all rejected', { headers: JSON_TYPE, body: rejecting(5, 'too old') }, { rejected: 5 }],
    ['more rejected than sent', { headers: JSON_TYPE, body: rejecting(99, 'liar') }, { rejected: 5 }],
    ['fewer than none rejected', { headers: JSON_TYPE, body: rejecting(-3, 'liar') }, { delivered: 5 }],
    ['a warning', { headers: JSON_TYPE, body: rejecting(0, 'use the new host') }, { delivered: 5 }],
    ['no content type', { body: rejecting(2, 'unseen') }, { delivered: 5 }],
    ['another content type', { headers: { 'content-type': 'text/html' }, body: '<html>' }, { delivered: 5 }],
    ['garbage', { headers: PROTOBUF, body: '\u0007<html>' }, { delivered: 5, unconfirmed: 5 }],
    ['more than the limit', { body: 'x'.repeat(4_194_305) }, { delivered: 5, unconfirmed: 5 }],
    ['less than it said', raw(200, rejecting(2, 'cut')), { delivered: 5, unconfirmed: 5 }],
    ['more than it said', raw(10, rejecting(2, 'cut')), { delivered: 5, unconfirmed: 5 }],
    ['half', { headers: JSON_TYPE, body: rejecting(2, 'cut'), cut: 'close' }, { delivered: 5, unconfirmed: 5 }],
  ])('C2, C3, C13, C14, D14, D15: an answer of %s is not asked for again', async (_, answer, counts) => {
    const lab = await answeredBy(answer);
    expect(asked(lab)).toBe(1);
    expect(lab.letters('odd')).toEqual([]);
    const { requests, bytes, decoded, ...told } = lab.report.destinations['otlp_http/odd']?.traces ?? { decoded: 0 };
    expect({ requests, decoded, hasBytes: bytes !== undefined }).toEqual({ requests: 1, decoded: 5, hasBytes: true });
    expect(told).toEqual(counts);
  });
});

it('D1, R12: five destinations, five answers, and nobody is the worse for another', async () => {
  const lab = await laboratory({
    well: {},
    busy: { script: () => ({ status: 503 }) },
    partial: { script: () => ({ headers: JSON_TYPE, body: rejecting(1, 'one') }) },
    closed: { script: () => ({ status: 403 }) },
    picky: { script: ({ body }) => (body.includes('00000002;') ? { status: 400 } : {}) },
  });
  const { report, error } = await lab.invoke([lineOf('traces', FIVE)]);
  expect(error).toBeUndefined();
  const counts = Object.fromEntries(Object.entries(report.destinations).map(([id, { traces }]) => [id, traces]));
  expect(counts).toMatchObject({
    'otlp_http/well': { delivered: 5 },
    'otlp_http/busy': { pending: 5 },
    'otlp_http/partial': { delivered: 4, rejected: 1 },
    'otlp_http/closed': { pending: 5 },
    'otlp_http/picky': { delivered: 4, quarantined: 1 },
  });
  expect(lab.received('well')).toEqual(FIVE);
  expect(lab.received('partial')).toEqual(FIVE);
});
