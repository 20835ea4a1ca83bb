import { setTimeout as sleep } from 'node:timers/promises';
import { startLambda } from './lambda.ts';

/** The bundled forwarder, running in a process of its own. */
export interface Forwarder {
  /** Invokes it as CloudWatch Logs does: asynchronously, a failed invocation twice more. Never rejects. */
  invoke(event: unknown): Promise<void>;
  /** Report lines that tell of trouble. */
  readonly troubles: readonly string[];
  stop(): Promise<void>;
}

const MAX_TRIES = 3;
const RETRY_MS = 300;
const MAX_TROUBLES = 20;
/** What Lambda prints around an invocation. */
const PLATFORM_LINE = /^(START|END|REPORT) RequestId: /;

const isTrouble = (line: string): boolean => {
  if (PLATFORM_LINE.test(line)) return false;
  try {
    const report = JSON.parse(line) as {
      readonly lines?: { readonly quarantined?: number };
      readonly errors?: unknown;
    };
    return report.errors !== undefined || (report.lines?.quarantined ?? 0) > 0;
  } catch {
    return true; // whatever is no report is worth seeing
  }
};

/** Starts the bundle at `path` with the endpoint it is to send to. */
export const startForwarder = async (path: string, endpoint: string): Promise<Forwarder> => {
  const troubles: string[] = [];
  const onLine = (line: string): void => {
    if (isTrouble(line) && troubles.length < MAX_TROUBLES) troubles.push(line);
  };
  const lambda = await startLambda('forwarder', path, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, onLine);
  return {
    troubles,
    invoke: async (event) => {
      for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
        try {
          await lambda.invoke(event);
          return;
        } catch (error) {
          if (tries === MAX_TRIES) troubles.push(error instanceof Error ? error.message : 'failed');
          else await sleep(RETRY_MS);
        }
      }
    },
    stop: () => lambda.stop(),
  };
};
