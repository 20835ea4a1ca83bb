import * as v from 'valibot';
import { mapping, patterns, type Schema } from './schema-values.ts';
import type { FilterPatternSettings } from './settings.ts';

const originPatterns = (description: string): Schema<FilterPatternSettings> =>
  v.pipe(
    mapping({
      log_group: v.exactOptional(patterns('Log group names; `*` is any text, `?` one character.')),
      log_stream: v.exactOptional(patterns('Log stream names; `*` and `?` as above.')),
      owner: v.exactOptional(patterns('AWS account ids; `*` and `?` as above.')),
    }),
    v.description(description),
  );

/** The two lists of a rule about where telemetry comes from: of a `filter` processor, and of a destination's `match`. */
export const originRuleEntries = (): {
  readonly include: v.ExactOptionalSchema<Schema<FilterPatternSettings>, undefined>;
  readonly exclude: v.ExactOptionalSchema<Schema<FilterPatternSettings>, undefined>;
} => ({
  include: v.exactOptional(originPatterns('Only telemetry that matches every list given here passes.')),
  exclude: v.exactOptional(originPatterns('Telemetry that matches any list given here does not pass.')),
});
