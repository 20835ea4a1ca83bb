import { withRenewal } from '../exporters/with-renewal.ts';
import type { Exporter } from '../types.ts';
import { reasonOf } from './components.ts';
import type { SecretsUnder } from './secrets-under.ts';
import type { Config } from './settings.ts';
import type { Reference } from './values/reference.ts';
import type { Values } from './values/values.ts';

/** A configuration whose text is known, and that depends on what is kept elsewhere. */
export interface Draft {
  readonly values: Values;
  /** All it refers to. */
  readonly references: readonly Reference[];
  /** What one exporter refers to. */
  readonly referencesOf: (id: string) => readonly Reference[];
  /** Secrets that are destinations. */
  readonly secrets: SecretsUnder | undefined;
  /** The configuration with everything as it is known. Rejects with a `ConfigError`. */
  readonly evaluate: () => Promise<Config>;
  /** The same of one exporter, whatever is wrong with the others (D4); without the exporter when it is gone. */
  readonly evaluateOf: (id: string) => Promise<Pick<Config, 'exporters' | 'broken'>>;
}

/** What of a configuration goes on changing while its forwarder lives. */
export interface Live {
  /** The exporter whose settings refer to values, made again when they change (D11); `undefined` for any other. */
  readonly exporterOf: (id: string, make: (settings: unknown) => Exporter) => Exporter | undefined;
  /**
   * Reads everything again, and hands over what has become of it when that is something else. What cannot be used changes nothing.
   * Rejects with an error for a person.
   */
  readonly reload: (use: (config: Config) => unknown) => Promise<void>;
}

/** What {@link liveConfig} reads with. */
export interface LiveOptions {
  /** Reads the text. Rejects with a `ConfigError`. */
  readonly read: () => Promise<Draft>;
  /** Is told which values could not be read anew. */
  readonly onWarning: (warning: string) => void;
}

/** What a configuration says, to compare. It holds secrets and stays in memory. */
const printOf = ({ live: _, components: __, ...config }: Config): string => JSON.stringify(config);

/** Reads everything a draft depends on. @returns what could not be read, for a person. */
const refresh = async (
  { values, references, secrets }: Draft,
  how?: { readonly fresh: boolean },
): Promise<readonly string[]> => {
  const [unread, unlisted] = await Promise.all([values.read(references, how), secrets?.read()]);
  return unlisted === undefined ? unread : [...unread, unlisted];
};

/** Reads what one exporter depends on, as it is now; `undefined` for one that depends on nothing. */
const refresherOf = ({ values, referencesOf, secrets }: Draft, id: string): (() => Promise<unknown>) | undefined => {
  if (secrets?.has(id) === true) return () => secrets.read();
  const own = referencesOf(id);
  return own.length === 0 ? undefined : () => values.read(own, { fresh: true });
};

/** What was made, or why it cannot be. */
const attempt = <T>(make: () => T): T | string => {
  try {
    return make();
  } catch (error) {
    return reasonOf(error);
  }
};

const renewing = (id: string, draft: Draft, config: Config, make: (settings: unknown) => Exporter) => {
  const readAgain = refresherOf(draft, id);
  if (readAgain === undefined) return undefined;
  let used = JSON.stringify(config.exporters[id]);
  return withRenewal({
    name: id,
    first: config.broken?.[id] ?? attempt(() => make(config.exporters[id])),
    renew: async () => {
      await readAgain();
      const { exporters, broken } = await draft.evaluateOf(id);
      const reason = Object.hasOwn(exporters, id) ? broken?.[id] : 'nothing describes it any more';
      if (reason !== undefined) throw new Error(reason);
      const settings = JSON.stringify(exporters[id]);
      if (settings === used) return undefined;
      const exporter = make(exporters[id]);
      used = settings;
      return exporter;
    },
  });
};

/**
 * A configuration that is kept elsewhere, or refers to values that are.
 *
 * @throws {ConfigError} with every mistake at once.
 */
export const liveConfig = async ({ read, onWarning }: LiveOptions): Promise<Config> => {
  let print = '';

  const attach = (draft: Draft, config: Config): Config => ({
    ...config,
    live: {
      exporterOf: (id, make) => renewing(id, draft, config, make),
      reload: async (use) => {
        const next = await read();
        const unread = await refresh(next);
        for (const problem of unread) onWarning(`${problem}; what was read before stays in use`);
        const evaluated = await next.evaluate();
        const found = printOf(evaluated);
        if (found === print) return;
        await use(attach(next, evaluated));
        print = found;
      },
    },
  });

  const draft = await read();
  // Whose settings a missing one is tells the evaluation. Fresh: Lambda's extension answers nobody while the environment starts.
  await refresh(draft, { fresh: true });
  const config = await draft.evaluate();
  print = printOf(config);
  return attach(draft, config);
};
