import { createHash } from 'node:crypto';
import { testTls } from '@serverless-otlp/testing/fake-collector';

/** A word that occurs nowhere else, the same in every process: what a search looks for. */
const wordOf = (name: string): string => `cnry${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

/** Letters that every encoding writes in another way. */
const spiced = (name: string): string => `${wordOf(name)}/+ "e\\y"=%41&`;

type SecretPlace =
  | 'header'
  | 'token'
  | 'basicUser'
  | 'basicPassword'
  | 'urlUser'
  | 'urlPassword'
  | 'query'
  | 'path'
  | 'envelopeHeader'
  | 'variable'
  | 'awsKeyId'
  | 'awsSecret'
  | 'awsToken'
  | 'configuration';

/** One secret for each place a secret can be in. */
export const SECRETS: Readonly<Record<SecretPlace, string>> = {
  header: spiced('header'),
  token: `${wordOf('token')}.abc-def_123`,
  basicUser: wordOf('basic user'),
  basicPassword: `${wordOf('basic password')}:&x`,
  urlUser: wordOf('url user'),
  urlPassword: `${wordOf('url password')}/@:?`,
  query: `${wordOf('query')}+/=`,
  path: `${wordOf('path')}ABCDEFGH`,
  envelopeHeader: wordOf('envelope header'),
  variable: wordOf('variable'),
  awsKeyId: `AKIA${wordOf('aws key id').toUpperCase()}`,
  awsSecret: wordOf('aws secret'),
  awsToken: wordOf('aws token'),
  configuration: wordOf('configuration'),
};

/** Each secret's own word. */
const WORDS: readonly string[] = Object.values(SECRETS).map(
  (secret) => /cnry[0-9a-f]{16}/i.exec(secret)?.[0] ?? secret,
);

/** What base64 makes of a word wherever it stands: the letters that belong to it alone. */
const base64Cores = (word: string): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const bytes = Buffer.from('?'.repeat(shift) + word);
    return bytes.toString('base64').slice(Math.ceil((shift * 4) / 3), Math.floor((bytes.length * 4) / 3));
  });

/** A word survives JSON and percent-encoding as it is; base64 and hex do not leave it. */
const SPELLINGS: readonly (readonly [string, string])[] = WORDS.flatMap((word) => [
  [word, word.toLowerCase()] as const,
  [`hex of ${word}`, Buffer.from(word).toString('hex')] as const,
]);
const CORES: readonly (readonly [string, string])[] = WORDS.flatMap((word) =>
  base64Cores(word).map((core) => [`base64 of ${word}`, core] as const),
);

/** Lines of a private key, each of which is a secret. */
const KEY_LINES = testTls()
  .client.key.split('\n')
  .filter((text) => /^[A-Za-z0-9+/=]{20,}$/.test(text));

/** Every secret that a text gives away, in whatever spelling. */
export const leaksIn = (text: string): readonly string[] => {
  const lower = text.toLowerCase();
  return [
    ...SPELLINGS.filter(([, spelling]) => lower.includes(spelling)).map(([what]) => what),
    ...CORES.filter(([, core]) => text.includes(core) || text.includes(urlSafe(core))).map(([what]) => what),
    ...KEY_LINES.filter((part) => text.includes(part)).map(() => 'a private key'),
  ];
};

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

export const AUTHORIZATION: string = `Bearer ${SECRETS.token}`;
export const BASIC: string = `Basic ${Buffer.from(`${SECRETS.basicUser}:${SECRETS.basicPassword}`).toString('base64')}`;

/** An endpoint with a secret in each of its parts. */
export const secretUrl = (url: string): string =>
  `${url.replace('://', `://${encodeURIComponent(SECRETS.urlUser)}:${encodeURIComponent(SECRETS.urlPassword)}@`)}/in/${SECRETS.path}?key=${encodeURIComponent(SECRETS.query)}`;
