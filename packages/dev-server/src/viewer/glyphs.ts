/** The characters drawings are made of. */
export interface Glyphs {
  readonly ellipsis: string;
  readonly bar: string;
  /** A bar too short for a whole cell. */
  readonly sliver: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly failed: string;
  readonly orphan: string;
  readonly rule: string;
  readonly micro: string;
}

const UNICODE: Glyphs = {
  ellipsis: '…',
  bar: '█',
  sliver: '▏',
  branch: '├ ',
  lastBranch: '└ ',
  trunk: '│ ',
  failed: '✗',
  orphan: '? ',
  rule: '─',
  micro: 'µs',
};

const ASCII: Glyphs = {
  ellipsis: '~',
  bar: '#',
  sliver: '|',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
  failed: 'x',
  orphan: '? ',
  rule: '-',
  micro: 'us',
};

/** Block and box characters, or plain ASCII. */
export const glyphsOf = (unicode: boolean): Glyphs => (unicode ? UNICODE : ASCII);
