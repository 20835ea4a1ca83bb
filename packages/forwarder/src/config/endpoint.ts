import { type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';

/** The variables of a process. Absent and empty mean the same (V1). */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The URL, if it is one that OTLP/HTTP can use. */
export const httpUrl = (text: string): URL | undefined => {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const usable = (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
  return usable && isDecodable(url.username) && isDecodable(url.password) ? url : undefined;
};

/** Node decodes user and password with every request, and fails with every one where it cannot. */
const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * The URL of a signal below a base endpoint: the signal's path is appended after exactly one slash, whatever the base ends in
 * (U3). Query and user are kept.
 *
 * @example signalUrl('https://otlp.example/base', 'traces') // https://otlp.example/base/v1/traces
 */
export const signalUrl = (base: string, signal: Signal): string => {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${SIGNAL_PATHS[signal]}`;
  return url.href;
};
