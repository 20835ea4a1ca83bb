import type { Exporter } from '@serverless-otlp/forwarder';
import type { Config } from '@serverless-otlp/forwarder/config';
import type { Signal } from '@serverless-otlp/otlp';
import { type Check, fail, type Finding, pass, skipped, warn } from '../check.ts';
import { isForbidden } from './endpoint-checks.ts';
import { probe, type Probe } from './probe.ts';
import { exportersOf, sendEmpty } from './send-empty.ts';
import { type Target, targetsOf } from './subject.ts';

/** Signatures of AWS are good for five minutes; half a minute is more than a network takes. */
const MAX_SKEW_MS = 300_000;
const ODD_SKEW_MS = 30_000;
const TWO_WEEKS_MS = 14 * 86_400_000;
const MAX_TRY_MS = 10_000;

/** What {@link destinationChecks} may do. */
export interface DestinationOptions {
  /** Whether to connect at all. */
  readonly connect: boolean;
  /** Why what is seen from here is no proof, such as a function in a VPC. */
  readonly elsewhere?: string | undefined;
  readonly now: () => number;
}

const clockOf = (skewMs: number, subject: string): Finding => {
  const ahead = Math.abs(skewMs);
  const evidence = `the server's is ${(ahead / 1_000).toFixed(0)} s ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  return (ahead >= MAX_SKEW_MS ? fail : ahead >= ODD_SKEW_MS ? warn : pass)('clock', evidence, subject);
};

const certificateOf = (untilMs: number, nowMs: number, subject: string): Finding =>
  (untilMs - nowMs < TWO_WEEKS_MS ? warn : pass)(
    'destination-certificate',
    `until ${new Date(untilMs).toISOString().slice(0, 10)}`,
    subject,
  );

/** A failure that only says that this machine is not where the function is. */
const seenFromHere = (finding: Finding, elsewhere: string | undefined): Finding =>
  elsewhere !== undefined && finding.status === 'fail' && /-(?:dns|connection|timeout)$/.test(finding.id)
    ? warn(finding.id, `${finding.evidence}; seen from here, while ${elsewhere}`, finding.subject)
    : finding;

const shownBy = ({ skewMs, certificateUntilMs }: Probe, host: string, nowMs: number): readonly Finding[] => [
  ...(skewMs === undefined ? [] : [clockOf(skewMs, host)]),
  ...(certificateUntilMs === undefined ? [] : [certificateOf(certificateUntilMs, nowMs, host)]),
];

const checkOne =
  (target: Target, exporter: Exporter | undefined, options: DestinationOptions) =>
  async (abort: AbortSignal): Promise<readonly Finding[]> => {
    const { id, settings, urls } = target;
    const { elsewhere, now } = options;
    const timeoutMs = Math.min(
      settings.timeout_ms === 0 ? MAX_TRY_MS : (settings.timeout_ms ?? MAX_TRY_MS),
      MAX_TRY_MS,
    );
    const meant = (Object.entries(urls) as [Signal, URL][]).filter(([, url]) => !isForbidden(url));
    const probes = new Map<string, Promise<Probe>>();
    const probed = (url: URL): Promise<Probe> => {
      const known = probes.get(url.origin) ?? probe(url, { pem: settings.pem, timeoutMs, signal: abort, now });
      probes.set(url.origin, known);
      return known;
    };
    const found = await Promise.all(
      meant.map(async ([signal, url]) => {
        const { failure } = await probed(url);
        // A server that resets what is no POST is not asked by HEAD alone.
        if (failure !== undefined && failure.message !== 'ECONNRESET')
          return fail(failure.id, `${url.host}: ${failure.message}`, `${id}, ${signal}`);
        if (exporter === undefined)
          return skipped('destination-accepts', 'its exporter cannot be made', `${id}, ${signal}`);
        return sendEmpty(exporter, signal, { settings, timeoutMs, signal: abort });
      }),
    );
    const shown = await Promise.all(
      [...probes].map(async ([origin, seen]) => shownBy(await seen, new URL(origin).host, now())),
    );
    return [...found.map((finding) => seenFromHere(finding, elsewhere)), ...shown.flat()];
  };

/** One check per destination: a connection without credentials, then an empty request of each signal. */
export const destinationChecks = (config: Config, options: DestinationOptions): readonly Check[] => {
  const targets = targetsOf(config);
  if (!options.connect)
    return [
      {
        ids: ['destination-accepts', 'clock'],
        run: () => Promise.reject(new Error('--offline: no destination is connected to')),
      },
    ];
  const exporters = exportersOf(config);
  return targets.map((target) => ({
    ids: ['destination-accepts'],
    run: checkOne(target, exporters.get(target.id), options),
  }));
};
