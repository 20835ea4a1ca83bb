import type { Config } from '@serverless-otlp/forwarder/config';
import { SIGNALS } from '@serverless-otlp/otlp';
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail, type Finding, pass, warn } from '../check.ts';
import { type DestinationSettings, targetsOf } from './subject.ts';

/** The least version the code runs on: `engines` of every package. */
const LEAST = [22, 15] as const;

/** Whether this Node.js can run the forwarder. */
export const nodeVersion = (version: string = process.versions.node): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
  return (isNew ? pass : fail)('node-version', version);
};

/** Signals that would go nowhere. */
export const signals = ({ service }: Config): readonly Finding[] => {
  const missing = SIGNALS.filter((signal) => service.pipelines[signal] === undefined);
  if (missing.length === 0) return [pass('config-signals', SIGNALS.join(', '))];
  return missing.map((signal) => warn('config-signals', 'there is no pipeline for it', signal));
};

/** Names of headers and settings that hold credentials, before a value that refers to nothing. */
const PLAIN =
  /(?:^|[\s{,'"])(authorization|x-api-key|api-?key|apikey|dd-api-key|x-honeycomb-team|x-sf-token|token|password|client_secret|[\w-]*(?:secret|license)[\w-]*key)['"]?\s*[:=]\s*['"]?([^\s,'"}#]{4,})/gi;

/** `user:password@` in a URL, where the password refers to nothing. */
const IN_URL = /:\/\/[^\s/:@'"]*:([^\s/@'"${}]+)@/;

/** Credentials that stand in a text as they are; their values are never repeated. */
export const plainSecrets = (text: string, place: string): readonly Finding[] => {
  const names = [...text.matchAll(PLAIN)].filter(([whole, , value = '']) => !/\$\{/.test(`${whole}${value}`));
  // "Bearer ${…}" has its reference behind the space.
  const plain = names.filter(({ 0: whole, index }) => !/^\s*\$\{/.test(text.slice(index + whole.length)));
  const inUrl = IN_URL.test(text) ? ['the password in a URL'] : [];
  if (plain.length + inUrl.length === 0) return [pass('config-plain-secret', 'none is seen', place)];
  const found = [...new Set([...plain.map(([, name = '']) => name.toLowerCase()), ...inUrl])].join(', ');
  return [warn('config-plain-secret', `${found}: anybody who may read it has the value`, place)];
};

/** All tries of a destination in one invocation, unless it says otherwise (D7a). */
const ALL_TRIES_MS = 5_000;
const RESERVE_MS = 5_000;
const GRACE_MS = 1_000;

const triesMsOf = ({ timeout_ms: timeoutMs = 0, retry = {} }: DestinationSettings): number =>
  retry.max_elapsed_ms ?? Math.max(timeoutMs, ALL_TRIES_MS);

/** Whether what each destination may take fits a function of this timeout, with time left to store what it did not take. */
export const timeBudget = (config: Config, functionMs: number): readonly Finding[] => {
  const reserveMs = Math.min(config.service.reserve_ms ?? RESERVE_MS, functionMs / 5);
  const roomMs = functionMs - reserveMs - GRACE_MS;
  const room = `${Math.round(roomMs)} ms of ${functionMs / 1_000} s are for sending`;
  return targetsOf(config).map(({ id, settings }) => {
    const triesMs = triesMsOf(settings);
    if (settings.timeout_ms === 0) return warn('time-budget', 'timeout_ms is 0: one request may take all of it', id);
    return (triesMs > roomMs ? fail : pass)('time-budget', `tries take up to ${triesMs} ms, ${room}`, id);
  });
};

/** The folder itself, or the nearest above it that is there: missing ones are made. */
const isWritable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch (error) {
    const above = dirname(path);
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && above !== path && isWritable(above);
  }
};

/** Whether there is a place for dead letters, and a folder can be written. Nothing is written. */
export const deadLetterPlace = async ({ dead_letter: store }: Config): Promise<readonly Finding[]> => {
  if (store?.s3 !== undefined) return [pass('dead-letter-configured', `bucket ${store.s3.bucket}`)];
  if (store?.folder === undefined)
    return [warn('dead-letter-configured', 'there is none: one destination that is down makes all get events again')];
  const path = resolve(store.folder.path);
  const writable = await isWritable(path);
  return [
    pass('dead-letter-configured', 'a folder'),
    (writable ? pass : fail)('dead-letter-folder', writable ? 'by whoever runs this' : 'it cannot', path),
  ];
};
