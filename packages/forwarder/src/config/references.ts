import type { ConfigProblem } from './config-error.ts';

const KINDS = ['processors', 'exporters'] as const;

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** What a mapping holds under a key; `undefined` where there is none. */
export const at = (value: unknown, key: string): unknown => entriesOf(value).find(([name]) => name === key)?.[1];

/** Ids that pipelines use and nobody defined. Takes what is not checked yet, so that all mistakes are reported at once. */
export const undefinedIds = (config: unknown): readonly ConfigProblem[] =>
  entriesOf(at(at(config, 'service'), 'pipelines')).flatMap(([signal, pipeline]) =>
    KINDS.flatMap((kind) => {
      const defined = entriesOf(at(config, kind)).map(([id]) => id);
      return entriesOf(at(pipeline, kind))
        .map(([, id]) => id)
        .filter((id): id is string => typeof id === 'string' && !defined.includes(id))
        .map((id) => ({
          path: `service.pipelines.${signal}.${kind}`,
          message: `"${id}" is not defined; defined: ${defined.join(', ') || 'none'}`,
        }));
    }),
  );
