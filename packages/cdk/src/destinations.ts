import { Token } from 'aws-cdk-lib';
import type { OtlpForwarderProps } from './props.ts';
import type { AttributesSettings, BatchSettings, FilterSettings, OtlpHttpSettings } from './settings.ts';

/** A signal of OpenTelemetry. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** The three of them. */
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** Where telemetry goes: an `otlp_http` exporter in the words of the configuration file. */
export interface Destination extends OtlpHttpSettings {
  /** What it is sent. Default: every signal it has an endpoint for. */
  readonly signals?: readonly Signal[];
}

/** Settings of a processor, by its id: the type, or `type/name`. */
export type Processors = Readonly<Record<string, BatchSettings | FilterSettings | AttributesSettings>>;

/** An id as the configuration has it: the same in metrics, reports and keys of dead letters. */
export const destinationId = (name: string): string => `otlp_http/${name}`;

/** What a destination has an endpoint for. */
const signalsOf = ({ signals, ...settings }: Destination): readonly Signal[] =>
  signals ?? SIGNALS.filter((signal) => (settings.endpoint ?? settings[`${signal}_endpoint`]) !== undefined);

const NAME = /^[\w.-]{1,64}$/;

const check = (destinations: Readonly<Record<string, Destination>>): void => {
  for (const [name, destination] of Object.entries(destinations)) {
    if (!NAME.test(name)) throw new Error(`destinations: "${name}" is no name: letters, digits and . - _, at most 64`);
    if (signalsOf(destination).length === 0)
      throw new Error(`destinations.${name}: needs an endpoint, such as https://collector.example:4318`);
  }
};

/**
 * The configuration that the properties describe; `undefined` when the variables say it all, or it is kept elsewhere.
 *
 * @throws {Error} when nothing, or two things, say where telemetry goes.
 */
export const configurationOf = (props: OtlpForwarderProps): object | undefined => {
  const { endpoint, configuration, destinations, secretsPrefix, processors = {}, service = {} } = props;
  const said = [endpoint, configuration, destinations].filter((one) => one !== undefined).length;
  if (said > 1 || (said === 0 && secretsPrefix === undefined))
    throw new Error('say where telemetry goes by one of endpoint, destinations and configuration, or by secretsPrefix');
  if (destinations === undefined) return undefined;
  check(destinations);
  const steps = Object.keys(processors);
  const pipelines = SIGNALS.flatMap((signal) => {
    const names = Object.keys(destinations).filter((name) => signalsOf(destinations[name] ?? {}).includes(signal));
    if (names.length === 0) return [];
    return [[signal, { ...(steps.length > 0 && { processors: steps }), exporters: names.map(destinationId) }] as const];
  });
  return {
    exporters: Object.fromEntries(
      Object.entries(destinations).map(([name, { signals: _, ...settings }]) => [destinationId(name), settings]),
    ),
    ...(steps.length > 0 && { processors }),
    ...(props.keepHeaders !== undefined && { encodings: { otlp_stdout: { headers: props.keepHeaders } } }),
    ...(secretsPrefix !== undefined && { secrets_prefix: secretsPrefix }),
    service: { pipelines: Object.fromEntries(pipelines), ...service },
  };
};

/** Whether a text is known at synthesis. */
export const isKnown = (text: unknown): text is string => typeof text === 'string' && !Token.isUnresolved(text);
