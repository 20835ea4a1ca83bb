import { sandbox } from './config/lambda-environment.ts';
import { type Extension, startExtension } from './flush/extension.ts';
import { extensionsApi } from './flush/extensions-api.ts';
import { flushAll } from './flush/flush.ts';
import { writeAtShutdown } from './flush/shutdown.ts';
import type { Invocation } from './invocation/invocation.ts';
import type { TelemetryOptions } from './options.ts';
import { setUp, type Telemetry } from './telemetry/telemetry.ts';

/** The process: what all of its invocations share. */
export interface Runtime {
  readonly telemetry: Telemetry;
  /** Ids of the invocations that have begun and not ended. */
  readonly running: Set<string>;
  /** Has all signals but our spans handed over. Never rejects. */
  readonly flush: (limitMs: number) => Promise<void>;
  /** Writes what an ended invocation holds when the mode says; `undefined` when nothing is to be waited for. */
  readonly finish: (invocation: Invocation, matters: boolean, limitMs: number) => Promise<void> | undefined;
}

const isMainThread = (): boolean => process.getBuiltinModule('node:worker_threads').isMainThread;

const extensionOf = ({ settings }: Telemetry, running: ReadonlySet<string>): Extension | undefined => {
  const { runtimeApi } = sandbox();
  if (settings.flush === 'sync' || settings.disabled || runtimeApi === undefined) return undefined;
  const events = settings.flush === 'async' ? (['INVOKE'] as const) : [];
  return startExtension(extensionsApi(runtimeApi), events, (id) => running.has(id));
};

const start = (options: TelemetryOptions): Runtime => {
  const telemetry = setUp(options);
  const running = new Set<string>();
  const extension = extensionOf(telemetry, running);
  const { buffer, settings } = telemetry;
  /** Whether somebody tells us of the end: Lambda whoever is registered, and of signals the main thread alone. */
  const isTold = (): boolean => extension === undefined || (extension.isRegistered() && isMainThread());
  const flush = (limitMs: number): Promise<void> => flushAll(telemetry.flushables(), limitMs);
  const write = (invocation: Invocation, matters: boolean): void => {
    buffer?.write(invocation, matters);
    buffer?.writeStray();
  };
  writeAtShutdown(telemetry);
  return {
    telemetry,
    running,
    flush,
    finish: (invocation, matters, limitMs) => {
      if (settings.flush === 'finalize' && isTold()) {
        buffer?.retire(invocation, matters);
        return undefined;
      }
      const work = (): Promise<void> | undefined => {
        write(invocation, matters);
        return telemetry.flushables().length === 0 ? undefined : flush(limitMs);
      };
      if (settings.flush === 'async' && extension?.takeOver(invocation.id, work) === true) return undefined;
      return work();
    },
  };
};

let started: Runtime | undefined;

/** The process's, set up by the first that asks. */
export const runtimeOf = (options: TelemetryOptions): Runtime => (started ??= start(options));

/** The process's, if anybody has set it up. */
export const startedRuntime = (): Runtime | undefined => started;
