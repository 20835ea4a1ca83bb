import type { InflateBudget } from '../types.ts';

/**
 * What all inflates of one invocation may produce together (D17). It is held twice, as it came and as it is sent, so that more would
 * not fit a small function; the largest legitimate event, 1 MB of OTLP/JSON lines, takes 21 MiB of it.
 */
export const MAX_INVOCATION_BYTES: number = 24 * 1024 * 1024;

/** A fresh budget for one invocation. */
export const inflateBudget = (totalBytes: number = MAX_INVOCATION_BYTES): InflateBudget => {
  let left = totalBytes;
  return {
    allow: (limit) => Math.min(limit, left),
    spend: (bytes) => {
      left = Math.max(0, left - bytes);
    },
  };
};
