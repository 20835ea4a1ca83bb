/** The ids of everything a function generated, counted where it was made: what must arrive at the end. */
export interface Ids {
  readonly traces: string[];
  readonly metrics: string[];
  readonly logs: string[];
}

/** No ids yet. */
export const noIds = (): Ids => ({ traces: [], metrics: [], logs: [] });
