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
    // Headers that envelopes brought along are not for a log (D27).
    const metadata = Object.entries(telemetry.metadata).filter(([key]) => !key.startsWith('header.'));
    write(
      JSON.stringify({ exporter: name, signal, items, bytes: bytes.length, metadata: Object.fromEntries(metadata) }),
    );
    return Promise.resolve([{ destination: name, telemetry, outcome: { status: 'delivered' } }]);
  },
});
