import type { Registration } from '../config/registration.ts';
import { constructorOf, type UserPackage } from '../config/user-packages.ts';

/** What the API's globals take. */
interface Global {
  readonly setGlobalTracerProvider: (provider: unknown) => boolean;
  readonly setGlobalMeterProvider: (provider: unknown) => boolean;
  readonly setGlobalLoggerProvider: (provider: unknown) => unknown;
  readonly setGlobalContextManager: (manager: unknown) => boolean;
  readonly setGlobalPropagator: (propagator: unknown) => boolean;
}

/** One of the API's entry points, `trace` or `context` for example. */
export const globalOf = ({ exports }: UserPackage, name: string): Global => exports[name] as Global;

interface Resource {
  readonly merge: (other: unknown) => Resource;
}

/** What every signal says of its process: the SDK's default, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`, the function's name. */
export const resourceOf = (sdk: UserPackage, { functionName }: Registration): unknown => {
  const resources = sdk.find('@opentelemetry/resources')?.exports as {
    readonly defaultResource: () => Resource;
    readonly resourceFromAttributes: (attributes: object) => Resource;
    readonly detectResources: (config: object) => Resource;
    readonly envDetector: unknown;
  };
  const named = functionName === undefined ? {} : { 'service.name': functionName };
  return resources
    .defaultResource()
    .merge(resources.resourceFromAttributes(named))
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
};

const PROPAGATORS: Readonly<Record<string, readonly [name: string, exported: string]>> = {
  tracecontext: ['@opentelemetry/core', 'W3CTraceContextPropagator'],
  baggage: ['@opentelemetry/core', 'W3CBaggagePropagator'],
  xray: ['@opentelemetry/propagator-aws-xray', 'AWSXRayPropagator'],
  b3: ['@opentelemetry/propagator-b3', 'B3Propagator'],
  jaeger: ['@opentelemetry/propagator-jaeger', 'JaegerPropagator'],
};

/** The propagators that `OTEL_PROPAGATORS` lists, as one; `undefined` for none. */
export const propagatorOf = (
  sdk: UserPackage,
  find: (name: string) => UserPackage | undefined,
  { propagators }: Registration,
  warn: (message: string) => void,
): unknown => {
  const made = propagators.flatMap((word) => {
    if (word === 'none') return [];
    const [name = '', exported = ''] = PROPAGATORS[word] ?? [];
    const found = name === '' ? undefined : (sdk.find(name) ?? find(name));
    const Propagator = found === undefined ? undefined : constructorOf(found, exported);
    if (Propagator === undefined)
      warn(`OTEL_PROPAGATORS: ${word} is not known here, or its package ${name} not installed`);
    return Propagator === undefined ? [] : [new Propagator()];
  });
  const core = sdk.find('@opentelemetry/core');
  const Composite = core === undefined ? undefined : constructorOf(core, 'CompositePropagator');
  return made.length === 0 || Composite === undefined ? undefined : new Composite({ propagators: made });
};
