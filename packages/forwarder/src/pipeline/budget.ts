import type { InflateBudget } from '../types.ts';

/** What all inflates of one invocation may produce together (D17): enough for the largest legitimate event many times over. */
export const MAX_INVOCATION_BYTES: number = 64 * 1024 * 1024;

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
