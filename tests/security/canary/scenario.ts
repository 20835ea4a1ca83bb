import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { writeLine, writeRedriveReport, writeReport } from '@serverless-otlp/forwarder';
import { loadForwarder, loadRedrive } from '@serverless-otlp/forwarder/config';

/** What a scenario works with. Whatever it says goes to this process's outputs, as it does in Lambda. */
export interface Stage {
  readonly env: Readonly<Record<string, string>>;
  /** For a store and for files; kept until the outputs were looked at. */
  readonly folder: string;
}

/** A configuration file in the folder of a scenario. */
export const configFileIn = (folder: string, config: object): string => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'forwarder.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
};

/** An error, as Lambda's runtime and any logger would print it: its causes, its hidden fields, its stack. */
const sayError = (error: unknown): void => {
  console.error(inspect(error, { depth: 12, showHidden: true, getters: true }));
  if (error instanceof Error)
    console.error(
      JSON.stringify(
        Object.fromEntries(Object.getOwnPropertyNames(error).map((name) => [name, error[name as keyof Error]])),
      ),
    );
};

const onWarning = (message: string): void => writeLine(JSON.stringify({ level: 'WARN', message }));

const INVOCATION_MS = 900;

const contextNow = (): { readonly getRemainingTimeInMillis: () => number } => {
  const end = Date.now() + INVOCATION_MS;
  return { getRemainingTimeInMillis: () => end - Date.now() };
};

/** The forwarder as `handler.ts` makes it, once, with these events. */
export const forward = async (
  stage: Stage,
  configFile: string | undefined,
  ...events: readonly unknown[]
): Promise<void> => {
  const from = { env: stage.env, onWarning, ...(configFile !== undefined && { configFile }) };
  try {
    const forwarder = await loadForwarder({ ...from, onReport: writeReport });
    for (const event of events) await forwarder(event, contextNow()).catch(sayError);
  } catch (error) {
    sayError(error);
  }
};

/** The redrive as `handler.ts` makes it, once. */
export const redrive = async (stage: Stage, configFile: string | undefined): Promise<void> => {
  const from = { env: stage.env, onWarning, ...(configFile !== undefined && { configFile }) };
  try {
    const forwarder = await loadForwarder({ ...from, onReport: writeReport });
    const run = await loadRedrive({ ...from, intervalMs: 0, onReport: writeRedriveReport, forward: forwarder });
    await run({}, contextNow());
  } catch (error) {
    sayError(error);
  }
};
