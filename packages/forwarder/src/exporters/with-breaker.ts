import type { Signal } from '@serverless-otlp/otlp';
import type { Delivery, Exporter, Outcome } from '../types.ts';

/** When {@link withBreaker} opens, and for how long. */
export interface BreakerOptions {
  /** Failures in a row that open it; default 5. */
  readonly failures?: number;
  /** Between two probes while it is open, in milliseconds; default 30 000. */
  readonly intervalMs?: number;
  /** A try with less time than this, in milliseconds, says nothing about the destination; default 500. */
  readonly fairTryMs?: number;
  readonly now?: () => number;
}

interface Circuit {
  /** Failures in a row. */
  failures: number;
  /** Open until then, in epoch milliseconds; 0 when closed. */
  until: number;
  /** Is over when the probe under way is; never rejects. */
  probe: Promise<void> | undefined;
  /** What opened it. */
  cause: Failure | undefined;
}

const closed = (): Circuit => ({ failures: 0, until: 0, probe: undefined, cause: undefined });

/** Marks these as probed until the function it returns is called. */
const beginProbe = (circuits: readonly Circuit[]): (() => void) => {
  let over: () => void = () => undefined;
  const probe = new Promise<void>((resolve) => (over = resolve));
  for (const circuit of circuits) circuit.probe = probe;
  return () => {
    for (const circuit of circuits) circuit.probe = undefined;
    over();
  };
};

type Failure = Extract<Outcome, { status: 'retryable' | 'rejected' }>;

/** What an answer tells of the destination: how it fails, that it is alive, or nothing: what was refused here was never sent. */
const verdictOf = (deliveries: readonly Delivery[]): Failure | 'alive' | undefined => {
  let found: Failure | undefined;
  for (const { outcome } of deliveries) {
    if (outcome.status === 'retryable') found ??= outcome;
    else if (outcome.status !== 'rejected') return 'alive';
    else if (outcome.fault === 'destination') found = outcome;
    else if (outcome.httpStatus !== undefined) return 'alive';
  }
  return found;
};

/**
 * Spares a destination that is down, and the time of everybody who would wait for it: after `failures` in a row, or one answer that
 * no later try can change (D5a), nothing is sent but one probe per interval; never sooner than the destination asked (D10). Its
 * state is that of the execution environment.
 *
 * An answer other than 429, 502, 503 and 504 holds for the signal it was given to: a backend that takes no logs still takes traces.
 *
 * @example withRetry(withBreaker(otlpHttp({ endpoints }), { failures: 3 }))
 */
export const withBreaker = (exporter: Exporter, options: BreakerOptions = {}): Exporter => {
  const { failures: limit = 5, intervalMs = 30_000, fairTryMs = 500, now = Date.now } = options;
  const whole = closed();
  const bySignal = new Map<Signal, Circuit>();

  const isShut = ({ until, probe }: Circuit): boolean => until > 0 && (probe !== undefined || now() < until);

  const open = (circuit: Circuit, cause: Failure): void => {
    circuit.until = Math.max(circuit.until, now() + Math.max(intervalMs, cause.retryAfterMs ?? 0));
    circuit.cause = cause;
  };

  const close = (circuit: Circuit): void => {
    circuit.failures = 0;
    circuit.until = 0;
  };

  const refusal = ({ until, cause }: Circuit): Outcome => ({
    ...(cause?.status === 'rejected' ? cause : {}), // with the status that opened it
    status: 'rejected',
    fault: 'destination',
    error: new Error(`not sent, the breaker is open: ${cause?.error.message}`),
    retryAfterMs: Math.max(0, until - now()) || intervalMs,
  });

  return {
    name: exporter.name,
    export: async (telemetry, deadline, abort) => {
      const { signal } = telemetry.request;
      let own = bySignal.get(signal);
      if (own === undefined) bySignal.set(signal, (own = closed()));
      const circuits = [whole, own];
      let shut = circuits.find(isShut);
      // The probe under way decides for everything that would be sent with it: what came back is not stored for nothing.
      while (shut?.probe !== undefined) {
        await shut.probe;
        shut = circuits.find(isShut);
      }
      if (shut !== undefined) return [{ destination: exporter.name, telemetry, outcome: refusal(shut) }];
      const probed = circuits.filter(({ until }) => until > 0);
      const over = probed.length === 0 ? undefined : beginProbe(probed);
      const fair = deadline - now() >= fairTryMs && abort?.aborted !== true;
      try {
        const deliveries = await exporter.export(telemetry, deadline, abort);
        const verdict = verdictOf(deliveries);
        if (verdict === 'alive') circuits.forEach(close);
        else if (verdict !== undefined && fair) judge(verdict, own, probed);
        return deliveries;
      } finally {
        over?.();
      }
    },
  };

  function judge(failure: Failure, own: Circuit, probed: readonly Circuit[]): void {
    const answered = failure.status === 'rejected' && failure.httpStatus !== undefined;
    const circuit = answered ? own : whole;
    if (answered) close(whole); // it is there
    circuit.failures++;
    if (failure.status === 'rejected' || circuit.until > 0 || circuit.failures >= limit) open(circuit, failure);
    // Whatever it failed of, that was the one probe of this interval.
    for (const one of probed) if (one.until > 0) open(one, failure);
  }
};
