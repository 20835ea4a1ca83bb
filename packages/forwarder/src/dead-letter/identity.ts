import type { Metadata } from '../types.ts';
import { sha256Of } from './letter.ts';

/** Equal for equal metadata, whatever its order. */
export const sourceKey = (source: Metadata): string => JSON.stringify(Object.entries(source).sort());

/**
 * What makes a letter this one and no other: its bytes and where they come from. Two tenants may say the same at the same time, and
 * neither letter may replace the other (D20).
 */
export const identityOf = (sha256: string, source: Metadata): string =>
  sha256Of(Buffer.from(`${sha256} ${sourceKey(source)}`));
