import { type Signal, SIGNALS } from '@serverless-otlp/otlp';
import {
  deliveryContract,
  exporterContract,
  judgedExporter,
  sampleRequest,
  sendBy,
} from '@serverless-otlp/testing/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery, Exporter, Outcome, Telemetry } from '../types.ts';
import { type BreakerOptions, withBreaker } from './with-breaker.ts';

const telemetryOf = (signal: Signal): Telemetry => ({
  request: sampleRequest(signal, 'sample', 2),
  records: new Set(['record-1']),
  metadata: {},
});

const DELIVERED: Outcome = { status: 'delivered' };
const retryable = (retryAfterMs?: number): Outcome => ({
  status: 'retryable',
  error: new Error('answered 503'),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const refused = (fault: 'telemetry' | 'destination', httpStatus?: number): Outcome => ({
  status: 'rejected',
  fault,
  error: new Error(httpStatus === undefined ? 'no answer' : `answered ${httpStatus}`),
  ...(httpStatus === undefined ? {} : { httpStatus }),
});
const UNREACHABLE = refused('destination');

const INTERVAL_MS = 30_000;
const SENT = 'sent';
const SPARED = 'spared';

/** A breaker on a clock of its own, before a destination that answers what it is told to. */
const open = (options: BreakerOptions = {}) => {
  let clock = 1_000_000;
  let answer: Outcome = DELIVERED;
  let sent = 0;
  const destination: Exporter = {
    name: 'fake',
    export: (telemetry) => {
      sent++;
      return Promise.resolve([{ destination: 'fake', telemetry, outcome: answer }]);
    },
  };
  const breaker = withBreaker(destination, { intervalMs: INTERVAL_MS, now: () => clock, ...options });
  const exportOne = async (signal: Signal = 'traces', timeMs = 5_000, abort?: AbortSignal): Promise<Outcome> => {
    const [delivery] = await breaker.export(telemetryOf(signal), clock + timeMs, abort);
    if (delivery === undefined) throw new Error('nothing came back');
    return delivery.outcome;
  };
  return {
    breaker,
    exportOne,
    answers: (outcome: Outcome): void => void (answer = outcome),
    pass: (ms: number): void => void (clock += ms),
    get sent() {
      return sent;
    },
    /** Whether the next export is sent; its answer is `outcome`. */
    next: async (outcome: Outcome, signal?: Signal, timeMs?: number, abort?: AbortSignal): Promise<string> => {
      answer = outcome;
      const before = sent;
      await exportOne(signal, timeMs, abort);
      return sent > before ? SENT : SPARED;
    },
  };
};

/** Fails until it is open. */
const opened = async (options?: BreakerOptions, outcome: Outcome = UNREACHABLE) => {
  const breaker = open(options);
  for (let i = 0; i < 50 && (await breaker.next(outcome)) === SENT; i++);
  return breaker;
};

exporterContract('withBreaker, closed', () => ({ exporter: open({ now: Date.now }).breaker }), {
  expects: 'delivered',
});
exporterContract(
  'withBreaker, failing on its way to open',
  () => {
    const breaker = open({ now: Date.now });
    breaker.answers(retryable());
    return { exporter: breaker.breaker };
  },
  {},
);
exporterContract(
  'withBreaker, open',
  async () => {
    const exporter = withBreaker({
      name: 'fake',
      export: (telemetry) => Promise.resolve([{ destination: 'fake', telemetry, outcome: UNREACHABLE }]),
    });
    await exporter.export(telemetryOf('traces'), Date.now() + 5_000);
    return { exporter };
  },
  { expects: 'rejected' },
);
deliveryContract('withBreaker', (judge) => ({
  send: sendBy(withBreaker(judgedExporter(judge), { failures: 2, intervalMs: 1 })),
}));

describe('when it opens', () => {
  it.each([1, 3, 5])('D10: after %i failures in a row, not one sooner', async (failures) => {
    const breaker = open({ failures });
    for (let i = 0; i < failures; i++) expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
    expect(breaker.sent).toBe(failures);
  });

  it('D10: after five by default', async () => {
    const breaker = await opened({}, retryable());
    expect(breaker.sent).toBe(5);
  });

  it('D10: a success between two failures begins the count anew', async () => {
    const breaker = open({ failures: 3 });
    for (let round = 0; round < 4; round++) {
      expect(await breaker.next(retryable())).toBe(SENT);
      expect(await breaker.next(retryable())).toBe(SENT);
      expect(await breaker.next(DELIVERED)).toBe(SENT);
    }
  });

  it.each([
    ['a fault of the telemetry', refused('telemetry', 400)],
    ['a partial success', { status: 'delivered', rejectedItems: 2 } as const],
    ['an answer that cannot be read', { status: 'delivered', unconfirmed: true } as const],
  ])('D10: %s shows it alive', async (_what, alive) => {
    const breaker = open({ failures: 2 });
    for (let round = 0; round < 5; round++) {
      expect(await breaker.next(retryable())).toBe(SENT);
      expect(await breaker.next(alive)).toBe(SENT);
    }
  });

  it('D10: what was refused here without being sent shows nothing, neither alive nor dead', async () => {
    const unsent = refused('telemetry');
    const breaker = open({ failures: 2 });
    expect(await breaker.next(retryable())).toBe(SENT);
    for (let i = 0; i < 5; i++) expect(await breaker.next(unsent)).toBe(SENT);
    expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
    breaker.pass(INTERVAL_MS);
    expect(await breaker.next(unsent)).toBe(SENT);
    expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it.each([401, 403, 404, 405, 301, 500, 501])(
    'D5a, D10: at once when it answers %i, which no later try changes',
    async (status) => {
      const breaker = open();
      expect(await breaker.next(refused('destination', status))).toBe(SENT);
      expect(await breaker.next(DELIVERED)).toBe(SPARED);
    },
  );

  it('D5a, D10: at once when TLS or its configuration is broken', async () => {
    const breaker = open();
    expect(await breaker.next(UNREACHABLE)).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it.each([
    ['with less than half a second', 499, undefined],
    ['without any time', 0, undefined],
    ['whose time was up before', -1, undefined],
    ['that was given up before', 5_000, AbortSignal.abort()],
  ])('D10: a try %s says nothing about the destination', async (_what, timeMs, abort) => {
    const breaker = open({ failures: 1 });
    for (let i = 0; i < 10; i++) expect(await breaker.next(retryable(), 'traces', timeMs, abort)).toBe(SENT);
    expect(await breaker.next(retryable(), 'traces', 500)).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it('D10: a try counts with the time that is enough where all tries together have little', async () => {
    const breaker = open({ failures: 1, fairTryMs: 40 });
    for (let i = 0; i < 10; i++) expect(await breaker.next(retryable(), 'traces', 39)).toBe(SENT);
    expect(await breaker.next(retryable(), 'traces', 40)).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it('D10: a short try that succeeds counts all the same', async () => {
    const breaker = open({ failures: 2 });
    await breaker.next(retryable());
    expect(await breaker.next(DELIVERED, 'traces', 1)).toBe(SENT);
    expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SENT);
  });

  it('D10: of an exporter that delivers in parts, one that arrives shows it alive', async () => {
    let alive = true;
    const halves: Exporter = {
      name: 'fake',
      export: (telemetry) => {
        const part = (outcome: Outcome): Delivery => ({ destination: 'fake', telemetry, outcome });
        return Promise.resolve([part(retryable()), part(alive ? DELIVERED : UNREACHABLE)]);
      },
    };
    const breaker = withBreaker(halves, { failures: 1 });
    const send = async (): Promise<number> => (await breaker.export(telemetryOf('traces'), Date.now() + 5_000)).length;
    expect([await send(), await send()]).toEqual([2, 2]);
    alive = false;
    expect([await send(), await send()]).toEqual([2, 1]);
  });

  it('has the name of what it wraps', () => {
    expect(open().breaker.name).toBe('fake');
  });
});

describe('while it is open', () => {
  it('D10: nothing is sent, and what comes back says why and for how long', async () => {
    const breaker = await opened();
    breaker.pass(10_000);
    expect(await breaker.exportOne()).toEqual({
      status: 'rejected',
      fault: 'destination',
      error: new Error('not sent, the breaker is open: no answer'),
      retryAfterMs: 20_000,
    });
    expect(breaker.sent).toBe(1);
  });

  it('D10: one probe per interval; when it fails, the next one is an interval later', async () => {
    const breaker = await opened();
    for (let probe = 2; probe < 6; probe++) {
      breaker.pass(INTERVAL_MS - 1);
      expect(await breaker.next(retryable())).toBe(SPARED);
      breaker.pass(1);
      expect(await breaker.next(retryable())).toBe(SENT);
      expect(await breaker.next(retryable())).toBe(SPARED);
      expect(breaker.sent).toBe(probe);
    }
  });

  it('D10: a probe that succeeds closes it', async () => {
    const breaker = await opened({ failures: 3 }, retryable());
    breaker.pass(INTERVAL_MS);
    expect(await breaker.next(DELIVERED)).toBe(SENT);
    for (let i = 0; i < 3; i++) expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it('D10: one probe at a time, however many would like to be it', async () => {
    let clock = 0;
    let answer: (outcome: Outcome) => void = () => undefined;
    let sent = 0;
    const slow: Exporter = {
      name: 'fake',
      export: async (telemetry) => {
        sent++;
        const outcome = await new Promise<Outcome>((resolve) => (answer = resolve));
        return [{ destination: 'fake', telemetry, outcome }];
      },
    };
    const breaker = withBreaker(slow, { failures: 1, intervalMs: INTERVAL_MS, now: () => clock });
    const send = (signal: Signal): Promise<readonly Delivery[]> => breaker.export(telemetryOf(signal), clock + 60_000);
    const first = send('traces');
    answer(retryable());
    await first;
    clock += INTERVAL_MS;
    const many = Array.from({ length: 30 }, (_, index) => send(SIGNALS[index % 3] ?? 'traces'));
    expect(sent).toBe(2);
    clock += 10 * INTERVAL_MS; // the probe hangs
    const late = send('logs');
    expect(sent).toBe(2);
    answer(retryable());
    expect(await late).toMatchObject([{ outcome: { status: 'rejected', retryAfterMs: INTERVAL_MS } }]);
    const outcomes = (await Promise.all(many)).map(([delivery]) => delivery?.outcome.status);
    expect(outcomes.filter((status) => status === 'retryable')).toHaveLength(1);
    expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(29);
    expect(await send('traces')).toMatchObject([{ outcome: { status: 'rejected', retryAfterMs: INTERVAL_MS } }]);
    expect(sent).toBe(2);
  });

  it('D1, D10: a probe that succeeds lets through what waited for it', async () => {
    let clock = 0;
    let answer: (outcome: Outcome) => void = () => undefined;
    const outcomes: Outcome[] = [];
    const exporter: Exporter = {
      name: 'fake',
      export: async (telemetry) => {
        const outcome = outcomes.shift() ?? (await new Promise<Outcome>((resolve) => (answer = resolve)));
        return [{ destination: 'fake', telemetry, outcome }];
      },
    };
    const breaker = withBreaker(exporter, { failures: 1, intervalMs: INTERVAL_MS, now: () => clock });
    outcomes.push(retryable());
    await breaker.export(telemetryOf('traces'), clock + 60_000);
    clock += INTERVAL_MS;
    const all = SIGNALS.map((signal) => breaker.export(telemetryOf(signal), clock + 60_000));
    outcomes.push(DELIVERED, DELIVERED);
    answer(DELIVERED);
    expect((await Promise.all(all)).map(([delivery]) => delivery?.outcome.status)).toEqual(
      SIGNALS.map(() => 'delivered'),
    );
  });

  it('D10: a probe that throws is over as well: the next one may follow', async () => {
    let clock = 0;
    let throws = false;
    let sent = 0;
    const exporter: Exporter = {
      name: 'fake',
      export: (telemetry) => {
        sent++;
        if (throws) return Promise.reject(new Error('a bug'));
        return Promise.resolve([{ destination: 'fake', telemetry, outcome: UNREACHABLE }]);
      },
    };
    const breaker = withBreaker(exporter, { intervalMs: INTERVAL_MS, now: () => clock });
    await breaker.export(telemetryOf('traces'), clock + 5_000);
    clock += INTERVAL_MS;
    throws = true;
    await expect(breaker.export(telemetryOf('traces'), clock + 5_000)).rejects.toThrow('a bug');
    await expect(breaker.export(telemetryOf('traces'), clock + 5_000)).rejects.toThrow('a bug');
    expect(sent).toBe(3);
  });

  it('D10: never asked sooner than it wanted, when Retry-After is longer than the interval', async () => {
    const breaker = await opened({ failures: 2 }, retryable(3_600_000));
    breaker.pass(3_599_999);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
    breaker.pass(1);
    expect(await breaker.next(DELIVERED)).toBe(SENT);
  });

  it('D10: a shorter Retry-After does not shorten the interval', async () => {
    const breaker = await opened({ failures: 2 }, retryable(5));
    breaker.pass(INTERVAL_MS - 1);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it('D10: nor does a request that was on its way and fails later', async () => {
    let clock = 0;
    const answers: ((outcome: Outcome) => void)[] = [];
    const slow: Exporter = {
      name: 'fake',
      export: async (telemetry) => {
        const outcome = await new Promise<Outcome>((resolve) => answers.push(resolve));
        return [{ destination: 'fake', telemetry, outcome }];
      },
    };
    const breaker = withBreaker(slow, { failures: 1, intervalMs: INTERVAL_MS, now: () => clock });
    const send = (): Promise<readonly Delivery[]> => breaker.export(telemetryOf('traces'), clock + 5_000);
    const both = [send(), send()];
    answers[0]?.(retryable(3_600_000));
    await both[0];
    answers[1]?.(retryable());
    await both[1];
    clock += INTERVAL_MS;
    expect(await send()).toMatchObject([{ outcome: { status: 'rejected', retryAfterMs: 3_600_000 - INTERVAL_MS } }]);
    expect(answers).toHaveLength(2);
  });

  it('D10: a probe without time for it leaves it open', async () => {
    const breaker = await opened();
    breaker.pass(INTERVAL_MS);
    expect(await breaker.next(retryable(), 'traces', 10)).toBe(SENT);
    expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });
});

describe('what it holds for', () => {
  it('D10: an answer holds for its signal alone: who takes no logs still takes traces', async () => {
    const breaker = open();
    expect(await breaker.next(refused('destination', 404), 'logs')).toBe(SENT);
    expect(await breaker.next(DELIVERED, 'logs')).toBe(SPARED);
    expect(await breaker.next(DELIVERED, 'traces')).toBe(SENT);
    expect(await breaker.next(DELIVERED, 'metrics')).toBe(SENT);
    expect(await breaker.next(DELIVERED, 'logs')).toBe(SPARED);
  });

  it.each([
    ['that cannot be reached', UNREACHABLE, 1],
    ['that answers 503', retryable(), 5],
  ])('D10: a destination %s is spared for all signals', async (_what, outcome, failures) => {
    const breaker = open();
    for (let i = 0; i < failures; i++) expect(await breaker.next(outcome, 'traces')).toBe(SENT);
    for (const signal of SIGNALS) expect(await breaker.next(DELIVERED, signal)).toBe(SPARED);
  });

  it('D10: failures of all signals count together', async () => {
    const breaker = open({ failures: 3 });
    for (const signal of SIGNALS) expect(await breaker.next(retryable(), signal)).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SPARED);
  });

  it('D10: an answer shows that it can be reached', async () => {
    const breaker = open({ failures: 2 });
    await breaker.next(retryable());
    await breaker.next(refused('destination', 401), 'logs');
    expect(await breaker.next(retryable())).toBe(SENT);
    expect(await breaker.next(DELIVERED)).toBe(SENT);
  });

  it('D10: a signal that is refused is probed once per interval, also when the destination has gone away meanwhile', async () => {
    const breaker = open();
    await breaker.next(refused('destination', 404), 'logs');
    breaker.pass(INTERVAL_MS);
    expect(await breaker.next(retryable(), 'logs')).toBe(SENT);
    expect(await breaker.next(retryable(), 'logs')).toBe(SPARED);
    expect(await breaker.next(DELIVERED, 'traces')).toBe(SENT);
  });

  it('D10: a probe that is answered ends the open state of the whole, not that of its signal', async () => {
    const breaker = await opened();
    breaker.pass(INTERVAL_MS);
    expect(await breaker.next(refused('destination', 404), 'logs')).toBe(SENT);
    expect(await breaker.next(DELIVERED, 'logs')).toBe(SPARED);
    expect(await breaker.next(DELIVERED, 'traces')).toBe(SENT);
  });
});

interface Circuit {
  failures: number;
  /** 0: closed. */
  until: number;
}
const ANSWERS = {
  delivered: DELIVERED,
  'telemetry fault': refused('telemetry', 400),
  unsent: refused('telemetry'),
  '503': retryable(),
  '429 in an hour': retryable(3_600_000),
  '404': refused('destination', 404),
  TLS: UNREACHABLE,
} as const;

it('D10: sends exactly what a simple model of it would send', async () => {
  const step = fc.record({
    signal: fc.constantFrom(...SIGNALS),
    answer: fc.constantFrom(...(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[])),
    afterMs: fc.constantFrom(0, 0, 0, 1, 10_000, INTERVAL_MS - 1, INTERVAL_MS, 3_600_000),
    timeMs: fc.constantFrom(5_000, 5_000, 5_000, 499),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (steps, failures) => {
      const breaker = open({ failures });
      let clock = 0;
      const whole: Circuit = { failures: 0, until: 0 };
      const own = Object.fromEntries(SIGNALS.map((signal) => [signal, { failures: 0, until: 0 }])) as Record<
        Signal,
        Circuit
      >;
      const openUntil = (circuit: Circuit, waitMs: number): void => {
        circuit.until = Math.max(circuit.until, clock + waitMs);
      };
      for (const { signal, answer, afterMs, timeMs } of steps) {
        clock += afterMs;
        breaker.pass(afterMs);
        const both = [whole, own[signal]];
        const wasOpen = both.map(({ until }) => until > 0);
        const sends = both.every(({ until }) => until <= clock);
        expect(await breaker.next(ANSWERS[answer], signal, timeMs)).toBe(sends ? SENT : SPARED);
        if (!sends || answer === 'unsent') continue;
        if (answer === 'delivered' || answer === 'telemetry fault') {
          for (const circuit of both) Object.assign(circuit, { failures: 0, until: 0 });
        } else if (timeMs >= 500 && answer === '404') {
          Object.assign(whole, { failures: 0, until: 0 });
          openUntil(own[signal], INTERVAL_MS);
        } else if (timeMs >= 500) {
          const waitMs = answer === '429 in an hour' ? 3_600_000 : INTERVAL_MS;
          whole.failures++;
          if (answer === 'TLS' || wasOpen[0] === true || whole.failures >= failures) openUntil(whole, waitMs);
          if (wasOpen[1] === true) openUntil(own[signal], waitMs);
        }
      }
    }),
    { numRuns: 300 },
  );
});
