import { globMatcher } from './glob.ts';
import type { Metadata } from './types.ts';

/** Patterns for what the source vouches for: literals or globs (`*`, `?`). */
export interface OriginPatterns {
  readonly logGroup?: readonly string[];
  readonly logStream?: readonly string[];
  /** AWS account ids. */
  readonly owner?: readonly string[];
}

/** Everything that matches `include`, less what matches `exclude`. */
export interface OriginRule {
  /** Within a list any pattern may match; all lists that are given must match. */
  readonly include?: OriginPatterns;
  /** Any match excludes. */
  readonly exclude?: OriginPatterns;
}

type Matcher = (metadata: Metadata) => boolean;

const NAMES = { logGroup: 'log_group', logStream: 'log_stream', owner: 'owner' } as const;

const matchersOf = (patterns: OriginPatterns = {}): readonly Matcher[] =>
  Object.entries(NAMES).flatMap(([option, name]) => {
    const matchers = patterns[option as keyof OriginPatterns]?.map(globMatcher);
    if (matchers === undefined) return [];
    // Telemetry whose source does not say matches nothing: `include` then keeps it out.
    return (metadata: Metadata): boolean => {
      const value = metadata[name];
      return value !== undefined && matchers.some((matches) => matches(value));
    };
  });

/** Whether telemetry of this origin fits the rule: never by what the telemetry says of itself (D1, D19). */
export const originMatcher = ({ include, exclude }: OriginRule): Matcher => {
  const included = matchersOf(include);
  const excluded = matchersOf(exclude);
  return (metadata) => included.every((matches) => matches(metadata)) && !excluded.some((matches) => matches(metadata));
};
