import { spawn } from 'node:child_process';

/** A span as it was written. */
export interface WrittenSpan {
  readonly scope: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Epoch nanoseconds. */
  readonly end: bigint;
}

/** What a program left behind. */
export interface Ended {
  /** What it printed of its own: one JSON value per line. */
  readonly printed: readonly unknown[];
  readonly spans: readonly WrittenSpan[];
  /** Of each line of telemetry, in bytes. */
  readonly lengths: readonly number[];
  readonly err: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type Value = Readonly<Record<string, unknown>>;
interface Span extends Pick<WrittenSpan, 'name' | 'kind' | 'traceId' | 'spanId' | 'parentSpanId'> {
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: Value }[];
}
interface Line {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

const spansOf = (line: Line): readonly WrittenSpan[] =>
  (line.resourceSpans ?? []).flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map(({ attributes = [], endTimeUnixNano, kind, name, parentSpanId, spanId, traceId }) => ({
        scope: scope.name,
        ...{ name, kind, traceId, spanId, parentSpanId },
        attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
        end: BigInt(endTimeUnixNano),
      })),
    ),
  );

/** Runs a program as a function of Lambda's, with nothing of this process's own settings, and reads what it wrote. */
export const runProgram = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ended> => {
  const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL|OTLP|AWS|NODE)_|^_X_AMZN/.test(name));
  const child = spawn(process.execPath, ['--conditions=@serverless-otlp/source', ...args], {
    cwd,
    env: { ...Object.fromEntries(clean), OTLP_STDOUT_EXPORTER_FORMAT: 'otlp_json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      const lines = out.split('\n').filter((line) => line !== '');
      const ours = lines.filter((line) => line.startsWith('{"resource'));
      const printed = lines.filter((line) => !line.startsWith('{"resource')).map((line) => JSON.parse(line) as unknown);
      const spans = ours.flatMap((line) => spansOf(JSON.parse(line) as Line));
      resolve({ printed, spans, lengths: ours.map((line) => Buffer.byteLength(line)), err, code, signal });
    });
  });
};
