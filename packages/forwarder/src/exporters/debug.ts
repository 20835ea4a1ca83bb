import type { Exporter } from '../types.ts';

/** How {@link debug} writes. */
export interface DebugOptions {
  readonly name?: string;
  /** Is given one line of JSON per request, without a line feed. */
  readonly write: (line: string) => void;
}

/**
 * Delivers to nowhere and says so: one line of counts per request, nothing of its content.
 *
 * @example debug({ write: console.error })
 */
export const debug = ({ name = 'debug', write }: DebugOptions): Exporter => ({
  name,
  export: (telemetry) => {
    const { signal, items, bytes } = telemetry.request;
    write(JSON.stringify({ exporter: name, signal, items, bytes: bytes.length, metadata: telemetry.metadata }));
    return Promise.resolve([{ destination: name, telemetry, outcome: { status: 'delivered' } }]);
  },
});
