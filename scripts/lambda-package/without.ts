import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { repositoryRoot } from '../source-tree.ts';

/**
 * Files of the SDK that nobody uses here, and what stands for them: what draws spans for `console.log`, what counts spans for a meter
 * provider that ours is never given, a resource for those who give none, and what reads responses.
 */
const IN_PLACE_OF: Readonly<Record<string, string>> = {
  'sdk-trace/dist/inspect.mjs': `
    export const inspectCustom = Symbol('inspect');
    export const settledResourceAttributes = () => undefined;
    export const formatInspect = () => undefined;`,
  'sdk-trace/dist/TracerMetrics.mjs': `
    export class TracerMetrics { startSpan() {} }`,
  'resources/dist/ResourceImpl.mjs': `
    export const defaultResource = () => undefined;`,
  'otlp-transformer/dist/trace/protobuf/trace.mjs': `
    import { serializeTraceExportRequest } from './trace-serializer.mjs';
    export const ProtobufTraceSerializer = { serializeRequest: serializeTraceExportRequest };`,
  'otlp-transformer/dist/metrics/protobuf/metrics.mjs': `
    import { serializeMetricsExportRequest } from './metrics-serializer.mjs';
    export const ProtobufMetricsSerializer = { serializeRequest: serializeMetricsExportRequest };`,
  'otlp-transformer/dist/logs/protobuf/logs.mjs': `
    import { serializeLogsExportRequest } from './logs-serializer.mjs';
    export const ProtobufLogsSerializer = { serializeRequest: serializeLogsExportRequest };`,
};

/** Draws an object for `console.log`, with what is in place of `inspect.mjs` above. */
const DRAWING = /^\t\[inspectCustom\]\([\s\S]*?^\t\}\n/gm;

/** A source of the SDK without the methods that draw: such an object is drawn as any other. */
export const withoutDrawing = (source: string): string => source.replace(DRAWING, '');

const byPath = new Map(
  Object.entries(IN_PLACE_OF).map(([path, text]) => [join(repositoryRoot, 'node_modules/@opentelemetry', path), text]),
);

/** Leaves out what nobody uses. A file that the SDK no longer has is an error: then this has to be looked at again. */
export const withoutUnused = (): Plugin => ({
  name: 'without-unused',
  setup: (build) => {
    const left = new Set(byPath.keys());
    build.onLoad({ filter: /[\\/]@opentelemetry[\\/]/ }, ({ path }) => {
      left.delete(path);
      const contents = byPath.get(path);
      return contents === undefined ? undefined : { contents, loader: 'js' };
    });
    build.onEnd(() =>
      left.size === 0 ? undefined : { errors: [{ text: `no longer in the SDK: ${[...left].join(', ')}` }] },
    );
  },
});
