import type { Exporter, Outcome } from '@serverless-otlp/forwarder';
import { buildForwarder, type Config } from '@serverless-otlp/forwarder/config';
import { requestOfMessage, type Signal, SIGNALS } from '@serverless-otlp/otlp';
import { visible } from '@serverless-otlp/dev-server';
import type { CheckId } from '../catalogue.ts';
import { fail, type Finding, pass, warn } from '../check.ts';
import { checkOf } from './probe.ts';
import type { DestinationSettings } from './subject.ts';

const EMPTY = { traces: { resourceSpans: [] }, metrics: { resourceMetrics: [] }, logs: { resourceLogs: [] } };

/** Who looks asks once; and for settings that have their values there is nothing to wait for. */
const askingOnce = ({ live: _live, ...config }: Config): Config => ({
  ...config,
  exporters: Object.fromEntries(
    Object.entries(config.exporters).map(([id, settings]) => [
      id,
      { ...(settings as object), retry: { enabled: false }, breaker: { enabled: false } },
    ]),
  ),
});

/** The exporters of a configuration as the forwarder makes them, authentication and TLS included, by id. */
export const exportersOf = (config: Config): ReadonlyMap<string, Exporter> => {
  const { pipelines } = buildForwarder(askingOnce(config));
  const destinations = SIGNALS.flatMap((signal) => pipelines[signal]?.destinations ?? []);
  return new Map(destinations.map(({ exporter }) => [exporter.name, exporter]));
};

const OF_STATUS: Readonly<Record<number, CheckId>> = {
  401: 'destination-auth',
  403: 'destination-auth',
  404: 'destination-path',
  405: 'destination-path',
  415: 'destination-encoding',
};

const refused = (message: string, status: number, subject: string): Finding => {
  if (status >= 300 && status < 400) return fail('destination-redirect', message, subject);
  const id = OF_STATUS[status];
  if (id !== undefined) return fail(id, message, subject);
  // A request without items is unusual, though valid.
  return (status === 400 || status === 422 ? warn : fail)('destination-refusal', message, subject);
};

const failed = (message: string, subject: string): Finding => {
  if (/answered (?:429|50[234])/.test(message)) return warn('destination-busy', message, subject);
  if (/timed out|no time left/.test(message)) return fail('destination-timeout', message, subject);
  if (message.includes('closed without an answer')) return fail('destination-connection', message, subject);
  const [, code] = /: ([A-Z][A-Z0-9_]{3,}) \(/.exec(message) ?? [];
  return fail(code === undefined ? 'destination-refusal' : checkOf(code), message, subject);
};

/** What an outcome of the forwarder's exporter says about its destination. */
const findingOf = (outcome: Outcome, subject: string, evidence: string): Finding => {
  if (outcome.status === 'delivered')
    return outcome.unconfirmed === true || outcome.message !== undefined
      ? warn('destination-accepts', visible(outcome.message ?? 'its answer cannot be read'), subject)
      : pass('destination-accepts', evidence, subject);
  const message = visible(outcome.error.message);
  return outcome.status === 'rejected' && outcome.httpStatus !== undefined
    ? refused(message, outcome.httpStatus, subject)
    : failed(message, subject);
};

/** How long and for whom {@link sendEmpty} works. */
export interface SendOptions {
  readonly settings: DestinationSettings;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends an export request without any item, in the encoding and with the credentials of the configuration. */
export const sendEmpty = async (
  exporter: Exporter,
  signal: Signal,
  { settings, timeoutMs, signal: abort }: SendOptions,
): Promise<Finding> => {
  const { encoding = 'proto', compression = 'gzip' } = settings;
  const begun = performance.now();
  const telemetry = {
    request: requestOfMessage(signal, EMPTY[signal]),
    records: new Set(['doctor']),
    metadata: {},
  };
  const [delivery] = await exporter.export(telemetry, Date.now() + timeoutMs, abort);
  const took = Math.round(performance.now() - begun);
  const subject = `${exporter.name}, ${signal}`;
  if (delivery === undefined) return fail('destination-accepts', 'nothing became of the request', subject);
  return findingOf(delivery.outcome, subject, `${encoding}, ${compression}, ${took} ms`);
};
