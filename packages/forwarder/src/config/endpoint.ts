import { type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';

/** The variables of a process. Absent and empty mean the same (V1). */
export type Environment = Readonly<Record<string, string | undefined>>;

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
