import * as v from 'valibot';
import { debugSchema, otlpHttpSchema } from './schema-exporters.ts';
import { attributesSchema, batchSchema, filterSchema } from './schema-processors.ts';
import { deadLetterSchema, SERVICE_ENTRIES } from './schema-service.ts';
import { mapping, patterns, record, type Schema, text } from './schema-values.ts';
import type { Config, PipelineSettings } from './settings.ts';

/** The schema of each component type: what `registry.ts` can make. */
export const COMPONENT_SCHEMAS: Readonly<Record<'exporters' | 'processors', Readonly<Record<string, Schema<object>>>>> =
  {
    exporters: { otlp_http: otlpHttpSchema, debug: debugSchema },
    processors: { batch: batchSchema, filter: filterSchema, attributes: attributesSchema },
  };

const otlpStdoutSchema = v.pipe(
  mapping({
    headers: v.exactOptional(
      patterns('Envelope headers to keep and to send on, such as a tenant id. All others are ignored.'),
    ),
  }),
  v.description('How envelopes are read.'),
);

const ids = (description: string): Schema<readonly string[]> =>
  v.pipe(v.array(v.string('must be text'), 'must be a list'), v.title('list of ids'), v.description(description));

const pipelineSchema = (signal: string): Schema<PipelineSettings> =>
  v.pipe(
    mapping({
      processors: v.exactOptional(ids('Ids of processors, in order. Default: one `batch`.')),
      exporters: v.pipe(
        ids('Ids of exporters; each gets all of it.'),
        v.minLength(1, 'must name at least one exporter'),
        v.check((names) => new Set(names).size === names.length, 'names an exporter twice'),
      ),
    }),
    v.description(`The way of ${signal}. Without it they are counted and dropped.`),
  );

const pipelinesSchema = v.pipe(
  mapping({
    traces: v.exactOptional(pipelineSchema('traces')),
    metrics: v.exactOptional(pipelineSchema('metrics')),
    logs: v.exactOptional(pipelineSchema('logs')),
  }),
  v.check((pipelines) => Object.keys(pipelines).length > 0, 'needs at least one of traces, metrics and logs'),
  v.description('Which telemetry takes which way, by signal. At least one.'),
);

/** The configuration file. Components are checked by the schema of their type, the part of their id before `/`. */
export const configSchema: Schema<Config> = mapping({
  exporters: v.pipe(
    record(v.unknown()),
    v.title('settings by id'),
    v.description('Destinations. An id is `type` or `type/name`.'),
  ),
  processors: v.exactOptional(
    v.pipe(record(v.unknown()), v.title('settings by id'), v.description('Steps on telemetry.')),
  ),
  encodings: v.exactOptional(
    v.pipe(mapping({ otlp_stdout: v.exactOptional(otlpStdoutSchema) }), v.description('How lines are read.')),
  ),
  secrets_prefix: v.exactOptional(
    text(
      'Secrets Manager: every secret under this prefix that holds `{name, endpoint, auth, exclude, disabled}` is a destination of all signals besides `exporters`, which may then be missing.',
    ),
  ),
  dead_letter: v.exactOptional(deadLetterSchema),
  service: v.pipe(
    mapping({
      pipelines: pipelinesSchema,
      ...SERVICE_ENTRIES,
    }),
    v.description('What is put together how.'),
  ),
});
