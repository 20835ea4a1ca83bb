import { globMatcher } from '../glob.ts';
import type { Processor, Telemetry } from '../types.ts';

/** Patterns for what the source vouches for: literals or globs (`*`, `?`). */
export interface FilterPatterns {
  readonly logGroup?: readonly string[];
  /** AWS account ids. */
  readonly owner?: readonly string[];
}

/** What {@link filter} lets pass: everything that matches `include`, less what matches `exclude`. */
export interface FilterOptions {
  /** Within a list any pattern may match; `logGroup` and `owner` must both match when both are given. */
  readonly include?: FilterPatterns;
  /** Any match excludes. */
  readonly exclude?: FilterPatterns;
}

type Matcher = (telemetry: Telemetry) => boolean;

const matcher = (key: string, patterns: readonly string[] | undefined): Matcher | undefined => {
  if (patterns === undefined) return undefined;
  const matchers = patterns.map(globMatcher);
  // Telemetry whose source does not say matches nothing: `include` then keeps it out.
  return ({ metadata }) => {
    const value = metadata[key];
    return value !== undefined && matchers.some((matches) => matches(value));
  };
};

const matchersOf = (patterns: FilterPatterns | undefined): readonly Matcher[] =>
  [matcher('log_group', patterns?.logGroup), matcher('owner', patterns?.owner)].filter((found) => found !== undefined);

/**
 * Keeps or drops telemetry by where it comes from: log group and owning account, as CloudWatch tells them. Never by what the
 * telemetry says of itself.
 *
 * @example filter({ include: { owner: ['123456789012'] }, exclude: { logGroup: ['/aws/lambda/dev-*'] } })
 */
export const filter = ({ include, exclude }: FilterOptions): Processor => {
  const included = matchersOf(include);
  const excluded = matchersOf(exclude);
  return {
    name: 'filter',
    process: (telemetry) =>
      telemetry.filter((one) => included.every((matches) => matches(one)) && !excluded.some((matches) => matches(one))),
  };
};
