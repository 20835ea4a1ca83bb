import { SIGNALS } from '@serverless-otlp/otlp';
import { describe, expect, it } from 'vitest';
import type { Backend } from './fakes/backend.ts';
import { errorsOf, forward, type Forwarded } from './forwarding.ts';
import { type Guide, guideNamed } from './guide.ts';
import { sendRaw } from './raw.ts';
import { lineOf, type Sample } from './telemetry.ts';

/** One of the usual mistakes. */
export interface Mistake {
  readonly title: string;
  /** Of the configuration: what is written, and what is written instead. */
  readonly edit?: readonly [string | RegExp, string];
  /** Other values of secrets. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Another state of the backend. */
  readonly backend?: Backend;
  /** What is sent instead; default little of every signal. */
  readonly samples?: readonly Sample[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the report says, after the host; the guide has a row that begins with it. */
  readonly says: string;
  /** How many of the items arrive all the same, where only some are at fault. */
  readonly arrive?: number;
}

/** More than a request may hold. */
interface LargeSample extends Sample {
  /** The batch processor, as it is unless configured, keeps to the same limit. */
  readonly usual?: true;
}

/** A backend with an account, and all that is tried with its guide. */
export interface BackendCase {
  readonly backend: Backend;
  /** By the reference as the guide writes it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What else must not be told. */
  readonly hidden?: readonly string[];
  readonly temporality: 'delta' | 'cumulative';
  readonly env?: Readonly<Record<string, string>>;
  /** More than one request may hold, where there is a limit. */
  readonly large: readonly LargeSample[];
  readonly mistakes: readonly Mistake[];
}

/** Every spelling that a secret could leak in. */
const spellingsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
];

const expectNoSecret = ({ said }: Forwarded, secrets: readonly string[]): void => {
  for (const secret of secrets) for (const spelling of spellingsOf(secret)) expect(said.includes(spelling)).toBe(false);
};

const sorted = (ids: readonly string[]): readonly string[] => [...ids].sort();

/** The commands of a guide make the secrets that its configuration refers to. */
const expectSecretsMade = ({ yaml, text }: Guide): void => {
  for (const [, name = '', key = ''] of yaml.matchAll(/\$\{secretsmanager:([^#}]+)#([^}]+)\}/g))
    expect(text).toMatch(new RegExp(`create-secret --name ${name} --secret-string ['"]{\\\\?"${key}\\\\?":`));
};

/** In as many lines as a function might print. */
const eighths = (sample: Sample): readonly Sample[] =>
  Array.from({ length: 8 }, (_, index) => ({ ...sample, items: sample.items / 8, idPrefix: `part-${index}` }));

/** Requests that no backend takes, made of one that was good. */
const SPOILT: readonly {
  readonly title: string;
  readonly spoil: (good: { path: string; headers: Readonly<Record<string, string>> }) => {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[] = [
  { title: 'another method', spoil: () => ({ method: 'PUT' }) },
  { title: 'another path', spoil: ({ path }) => ({ path: `/x${path}` }) },
  { title: 'a signal that does not exist', spoil: ({ path }) => ({ path: path.replace(/[^/]+$/, 'profiles') }) },
  {
    title: 'another content type',
    spoil: ({ headers }) => ({ headers: { ...headers, 'content-type': 'text/plain' } }),
  },
  { title: 'another compression', spoil: ({ headers }) => ({ headers: { ...headers, 'content-encoding': 'br' } }) },
  {
    title: 'no credentials',
    spoil: ({ headers }) => ({
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !/auth|key|team/.test(name))),
    }),
  },
];

/** Tries a guide: that it works as printed, that mistakes are told, and that the fake would notice. */
export const checkBackend = (given: BackendCase): void => {
  const { backend, secrets, hidden = [], temporality, env = {}, large, mistakes } = given;
  const guide = guideNamed(backend.name);
  const usual = SIGNALS.map((signal): Sample => ({ signal, items: 30, temporality }));
  const run = (samples: readonly Sample[]) => {
    const lines = samples.map(lineOf);
    return { lines, done: forward({ yaml: guide.yaml, backend, secrets, env, lines }) };
  };

  describe(backend.name, () => {
    it('takes everything that the configuration of its guide sends, once, and tells nothing secret', async () => {
      const { lines, done } = run(usual);
      const forwarded = await done;
      expect(errorsOf(forwarded.report)).toEqual([]);
      expect(sorted(forwarded.backend.ids)).toEqual(sorted(lines.flatMap(({ ids }) => ids)));
      expect(new Set(forwarded.backend.exchanges.map(({ request }) => request.signal))).toEqual(new Set(SIGNALS));
      expect(forwarded.report.balanced).toBe(true);
      expectNoSecret(forwarded, [...Object.values(secrets), ...hidden]);
    });

    it('has a guide whose commands make the secrets that its configuration refers to', () => {
      expectSecretsMade(guide);
      for (const reference of Object.keys(secrets)) expect(guide.yaml).toContain(reference);
    });

    it.each(large)('D13: is sent no more at once than it takes: $items of $signal', async (sample) => {
      const lines = eighths({ temporality, ...sample }).map(lineOf);
      const { backend: kept, report } = await forward({ yaml: guide.yaml, backend, secrets, env, lines });
      expect(errorsOf(report)).toEqual([]);
      expect(kept.exchanges.filter(({ status }) => status >= 300)).toEqual([]);
      expect(kept.exchanges.length).toBeGreaterThan(1);
      expect(sorted(kept.ids)).toEqual(sorted(lines.flatMap(({ ids }) => ids)));
      if (sample.usual === true) return;
      const unlimited = guide.yaml.replaceAll(/preset: \w+/g, 'max_request_bytes: 64000000');
      const without = await forward({ yaml: unlimited, backend, secrets, env, lines });
      expect(without.backend.exchanges.filter(({ status }) => status >= 300)).not.toEqual([]);
    });

    it.each(mistakes)('tells what is wrong with $title, as its guide does', async (mistake) => {
      const { edit, samples = usual, says } = mistake;
      const yaml = edit === undefined ? guide.yaml : guide.yaml.replaceAll(...all(edit));
      expect(yaml === guide.yaml).toBe(edit === undefined);
      const forwarded = await forward({
        yaml,
        backend: mistake.backend ?? backend,
        secrets: { ...secrets, ...mistake.secrets },
        env: { ...env, ...mistake.env },
        lines: samples.map((sample) => lineOf({ temporality, ...sample })),
      });
      expect(errorsOf(forwarded.report).join('\n')).toContain(says);
      if (mistake.arrive !== undefined) expect(new Set(forwarded.backend.ids).size).toBe(mistake.arrive);
      expect(guide.troubles.filter((row) => says.startsWith(row.says) && row.todo.length > 3)).not.toEqual([]);
      expect(forwarded.report.balanced).toBe(true);
      const known = [secrets, mistake.secrets ?? {}].flatMap((one) => Object.values(one));
      expectNoSecret(forwarded, [...known, ...hidden]);
    });

    it('has a guide in which every trouble is one of these', () => {
      expect(sorted(guide.troubles.map(({ says }) => says))).toEqual(
        sorted([...new Set(mistakes.map(({ says }) => says))]),
      );
    });

    it.each(SPOILT)('is strict: refuses $title', async ({ spoil }) => {
      const { done } = run(usual);
      const { backend: running } = await done;
      for (const { request } of [...running.exchanges]) {
        const { method, path, headers, sent: body } = request;
        expect(
          await sendRaw(running.port, { method, path, body, headers, ...spoil({ path, headers }) }),
        ).toBeGreaterThan(399);
      }
    });
  });
};

/** `replaceAll` wants the flag. */
const all = ([from, to]: readonly [string | RegExp, string]): [string | RegExp, string] => [
  typeof from === 'string' ? from : new RegExp(from.source, 'g'),
  to,
];
