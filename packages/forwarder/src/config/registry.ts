import { debug } from '../exporters/debug.ts';
import { originMatcher, type OriginPatterns, type OriginRule } from '../match.ts';
import { attributes } from '../processors/attributes.ts';
import { batch } from '../processors/batch.ts';
import { filter } from '../processors/filter.ts';
import { writeLine } from '../write-report.ts';
import { type Components, type Factory, reasonOf, typeOf } from './components.ts';
import { defined } from './defined.ts';
import { otlpHttpFrom } from './otlp-http.ts';
import type { Exporter, Processor } from '../types.ts';
import type { AttributesSettings, BatchSettings, FilterPatternSettings, FilterSettings } from './settings.ts';

/** The rule that a `filter` processor or a destination's `match` writes. */
const originRuleOf = ({ include, exclude }: FilterSettings): OriginRule => {
  const patterns = (settings: FilterPatternSettings): OriginPatterns =>
    defined({ logGroup: settings.log_group, logStream: settings.log_stream, owner: settings.owner });
  return defined({ include: include && patterns(include), exclude: exclude && patterns(exclude) });
};

/** Exporters by the type in their configuration id. */
export const EXPORTERS: Readonly<Record<string, Factory<Exporter>>> = {
  otlp_http: otlpHttpFrom,
  debug: (id) => debug({ name: id, write: writeLine }),
};

/** Processors by the type in their configuration id. */
export const PROCESSORS: Readonly<Record<string, Factory<Processor>>> = {
  batch: (_id, settings: BatchSettings) =>
    batch(defined({ maxBytes: settings.max_bytes, maxItems: settings.max_items })),
  filter: (_id, settings: FilterSettings) => filter(originRuleOf(settings)),
  attributes: (_id, { actions }: AttributesSettings) =>
    attributes({
      actions: actions.map(({ from_metadata, ...rest }) => defined({ ...rest, fromMetadata: from_metadata })),
    }),
};

const factoryOf = <Factory>(registry: Readonly<Record<string, Factory>>, type: string): Factory | undefined =>
  Object.hasOwn(registry, type) ? registry[type] : undefined;

/** Everything a configuration file can name. */
export const COMPONENTS: Components = {
  exporter: (type) => factoryOf(EXPORTERS, type),
  processors: (config, problems) => {
    const made = new Map<string, Processor>();
    for (const [id, settings] of Object.entries(config.processors ?? {})) {
      try {
        const processor = factoryOf(PROCESSORS, typeOf(id))?.(id, (settings ?? {}) as never, 'forward');
        if (processor !== undefined) made.set(id, processor);
      } catch (error) {
        problems.push({ path: `processors.${id}`, message: reasonOf(error) });
      }
    }
    return made;
  },
  matcher: (settings) => originMatcher(originRuleOf(settings)),
};
