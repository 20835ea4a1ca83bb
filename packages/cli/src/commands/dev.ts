import {
  startOtlpServer,
  type OtlpServer,
  type OtlpServerOptions,
  terminalOf,
  createDevScreen,
  counted,
  visibleJson,
} from '@serverless-otlp/dev-server';
import { requestToJson } from '@serverless-otlp/otlp';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** Options of `dev`. */
export interface DevOptions {
  /** `undefined`: 4318, or a free port when that is taken. */
  readonly port?: number;
  readonly json?: boolean;
}

const DEFAULT_PORT = 4318;
/** More than this unread on standard output, and senders are asked to come again: a paused terminal must not fill the memory. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const start = async (port: number | undefined, options: OtlpServerOptions): Promise<OtlpServer> => {
  try {
    return await startOtlpServer({ ...options, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port === undefined && codeOf(error) === 'EADDRINUSE') return await startOtlpServer({ ...options, port: 0 });
    throw new UsageError(
      `cannot listen on port ${port ?? DEFAULT_PORT} (${String(codeOf(error))}). Give another one, or --port 0 for a free one.`,
    );
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** `serverless-otlp dev`: an OTLP receiver that shows what arrives, until Ctrl-C. Returns the exit code. */
export const dev = async ({ port, json = false }: DevOptions): Promise<number> => {
  using interruption = onInterruption();
  const [stdout, stderr] = [outputTo(process.stdout), outputTo(process.stderr)];
  const startedAt = performance.now();
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) void stdout.write(lines.map((line) => `${line}\n`).join(''));
  };
  const screen = createDevScreen({ terminal: terminalOf(process.stdout), print });
  const counts = { traces: 0, metrics: 0, logs: 0 };
  const server = await start(port, {
    respond: () =>
      stdout.backlogBytes > MAX_BACKLOG_BYTES
        ? { status: 503, message: 'nobody reads the output', retryAfterSeconds: 1 }
        : undefined,
    onRequest: ({ signal, request }) => {
      counts[signal] += request.items;
      if (json) print([visibleJson(requestToJson(request))]);
      else screen.show(request);
    },
  });
  const taken = port === undefined && server.port !== DEFAULT_PORT ? ` (${DEFAULT_PORT} is taken)` : '';
  await stderr.write(`Listening for OTLP/HTTP on ${server.url}${taken}. Ctrl-C ends.\n`);
  if (!json) {
    await stderr.write(`Try:  node app.js | npx serverless-otlp forward --endpoint ${server.url}\n`);
  }
  await aborted(AbortSignal.any([interruption.signal, stdout.closed]));
  await server.close();
  if (!json) screen.flush();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const parts = [
    counted(counts.traces, 'span'),
    counted(counts.metrics, 'data point'),
    counted(counts.logs, 'log record'),
  ];
  await stderr.write(`\nReceived ${parts.join(', ')} in ${seconds} s.\n`);
  return 0;
};
