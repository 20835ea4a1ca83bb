/**
 * What is between one line and the next. There is one of it in the process, whichever of the entries of this package, in whichever
 * of its two forms, are loaded: they all write to the same place.
 */
export interface LineState {
  /** The end of a line whose beginning is out. It goes first, so that no line stands in another. */
  rest: Uint8Array | undefined;
  /** Lines dropped since the last line that said so. */
  dropped: number;
  /** The reader took nothing within the last wait: nobody waits for it again until it reads. */
  stalled: boolean;
}

/** A state in which nothing happened yet. */
export const newLineState = (): LineState => ({ rest: undefined, dropped: 0, stalled: false });
