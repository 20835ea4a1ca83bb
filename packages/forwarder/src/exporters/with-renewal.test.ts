import {
  deliveryContract,
  exporterContract,
  judgedExporter,
  sampleRequest,
  sendBy,
} from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';
import { withRenewal } from './with-renewal.ts';

const telemetryOf = (items = 2): Telemetry => ({
  request: sampleRequest('traces', 'sample', items),
  records: new Set(['record-1']),
  metadata: {},
});

const answered = (httpStatus: number): Outcome => ({
  status: 'rejected',
  fault: 'destination',
  error: new Error(`answered ${httpStatus}`),
  httpStatus,
});

/** A backend that takes one key, the place where the key is kept, and an exporter that had the first. */
const open = ({ first = true, status = 401 }: { readonly first?: boolean; readonly status?: number } = {}) => {
  let clock = 1_000_000;
  let stored: string | Error | Promise<string> = 'key-1';
  let accepted = 'key-1';
  let used = 'key-1';
  const requests: string[] = [];
  let readings = 0;
  const exporterOf = (key: string): Exporter => ({
    name: 'backend',
    export: (telemetry) => {
      requests.push(key);
      const outcome: Outcome = key === accepted ? { status: 'delivered' } : answered(status);
      return Promise.resolve([{ destination: 'backend', telemetry, outcome }]);
    },
  });
  const exporter = withRenewal({
    name: 'backend',
    first: first ? exporterOf('key-1') : 'its key cannot be read: timed out',
    renew: async () => {
      readings++;
      const found = await stored;
      if (found instanceof Error) throw found;
      if (found === used && first) return undefined;
      used = found;
      return exporterOf(found);
    },
    now: () => clock,
  });
  return {
    exporter,
    send: (deadlineMs = 5_000, abort?: AbortSignal): Promise<readonly Delivery[]> =>
      exporter.export(telemetryOf(), clock + deadlineMs, abort),
    keeps: (key: string | Error | Promise<string>): void => void (stored = key),
    accepts: (key: string): void => void (accepted = key),
    pass: (ms: number): void => void (clock += ms),
    requests,
    readings: (): number => readings,
  };
};

const statusOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(({ outcome }) => outcome.status);

describe('withRenewal', () => {
  it('costs nothing while the key is good', async () => {
    const { send, requests, readings } = open();
    expect(statusOf(await send())).toEqual(['delivered']);
    expect([requests, readings()]).toEqual([['key-1'], 0]);
  });

  it.each([401, 403])('D11: a %i reads the key again and sends once more', async (status) => {
    const { send, keeps, accepts, requests, readings } = open({ status });
    keeps('key-2');
    accepts('key-2');
    expect(statusOf(await send())).toEqual(['delivered']);
    expect(statusOf(await send())).toEqual(['delivered']);
    expect([requests, readings()]).toEqual([['key-1', 'key-2', 'key-2'], 1]);
  });

  it('D11: sends once more only, whatever the answer', async () => {
    const { send, keeps, accepts, requests } = open();
    keeps('key-2');
    accepts('key-3');
    expect(await send()).toMatchObject([{ outcome: { status: 'rejected', httpStatus: 401 } }]);
    expect(requests).toEqual(['key-1', 'key-2']);
  });

  it('D11: sends no more when the key has not changed, and asks for it less and less often', async () => {
    const { send, accepts, pass, requests, readings } = open();
    accepts('key-2');
    const asked: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      const before = readings();
      expect(await send()).toMatchObject([{ outcome: { httpStatus: 401 } }]);
      if (readings() > before) asked.push(second);
      pass(1_000);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
    expect(new Set(requests)).toEqual(new Set(['key-1']));
  });

  it('D11: does not wait for a clock that was set back', async () => {
    const { send, keeps, accepts, pass } = open();
    accepts('key-2');
    await send();
    keeps('key-2');
    pass(-3_600_000);
    expect(statusOf(await send())).toEqual(['delivered']);
  });

  it('D11: fifty that are refused at once wait for one reading', async () => {
    const { send, keeps, accepts, readings } = open();
    keeps(new Promise((resolve) => setTimeout(resolve, 20, 'key-2')));
    accepts('key-2');
    const all = await Promise.all(Array.from({ length: 50 }, () => send()));
    expect(new Set(all.flatMap(statusOf))).toEqual(new Set(['delivered']));
    expect(readings()).toBe(1);
  });

  it('D11: parts that were taken are not sent again', async () => {
    const sent: number[] = [];
    const exporterOf = (key: string): Exporter => ({
      name: 'backend',
      export: (telemetry) => {
        const { items } = telemetry.request;
        sent.push(items);
        const part = (outcome: Outcome, count: number): Delivery => ({
          destination: 'backend',
          telemetry: telemetryOf(count),
          outcome,
        });
        if (key === 'new') return Promise.resolve([part({ status: 'delivered' }, items)]);
        return Promise.resolve([part({ status: 'delivered' }, 1), part(answered(401), items - 1)]);
      },
    });
    const exporter = withRenewal({
      name: 'backend',
      first: exporterOf('old'),
      renew: () => Promise.resolve(exporterOf('new')),
    });
    const deliveries = await exporter.export(telemetryOf(5), Date.now() + 5_000);
    expect(deliveries.map(({ telemetry }) => telemetry.request.items)).toEqual([1, 4]);
    expect([statusOf(deliveries), sent]).toEqual([
      ['delivered', 'delivered'],
      [5, 4],
    ]);
  });

  it('other refusals read nothing', async () => {
    const { send, accepts, readings } = open({ status: 404 });
    accepts('key-2');
    await send();
    expect(readings()).toBe(0);
  });

  it('D4: without a key its telemetry is refused by fault of the destination, until there is one', async () => {
    const { send, keeps, pass, requests } = open({ first: false });
    keeps(new Error('its key cannot be read: AccessDenied'));
    expect(await send()).toMatchObject([
      {
        outcome: {
          status: 'rejected',
          fault: 'destination',
          error: { message: 'its configuration is broken: its key cannot be read: AccessDenied' },
        },
      },
    ]);
    keeps('key-1');
    expect(statusOf(await send())).toEqual(['rejected']); // asked a moment ago
    pass(1_000);
    expect(statusOf(await send())).toEqual(['delivered']);
    expect(requests).toEqual(['key-1']);
  });

  it('D4: a reading that fails leaves the key that was good', async () => {
    const { send, keeps, accepts, pass } = open();
    accepts('key-2');
    keeps(new Error('the store is down'));
    expect(await send()).toMatchObject([{ outcome: { error: { message: 'answered 401' } } }]);
    accepts('key-1');
    pass(60_000);
    expect(statusOf(await send())).toEqual(['delivered']);
  });

  it('waits for a reading no longer than the deadline, or the one who gives up', async () => {
    const { send, keeps, accepts, pass } = open();
    keeps(new Promise(() => undefined));
    accepts('key-2');
    expect(await send(10)).toMatchObject([{ outcome: { httpStatus: 401 } }]);
    pass(1_000);
    expect(await send(60_000, AbortSignal.abort())).toMatchObject([{ outcome: { httpStatus: 401 } }]);
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 10);
    expect(await send(60_000, giveUp.signal)).toMatchObject([{ outcome: { httpStatus: 401 } }]);
  });
});

exporterContract('withRenewal, of a good key', () => ({ exporter: open().exporter }), { expects: 'delivered' });
exporterContract('withRenewal, without a key', () => ({ exporter: open({ first: false, status: 401 }).exporter }));
deliveryContract('withRenewal', (judge) => ({
  send: sendBy(
    withRenewal({
      name: 'judged',
      first: judgedExporter(judge),
      renew: () => Promise.resolve(judgedExporter(judge)),
    }),
  ),
}));
