import { styleText } from 'node:util';

/** What a piece of text is, for colouring it. Red is kept for what failed. */
export type Style = Parameters<typeof styleText>[0] | 'plain';

/** Where people read: how wide it is, and what it can show. */
export interface Terminal {
  readonly columns: number;
  /** Whether box and block characters can be shown; else ASCII only. */
  readonly unicode: boolean;
  readonly isTty: boolean;
  /** Colours the text, or returns it as it is. */
  readonly style: (style: Style, text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;
/** Wider bars show nothing more, and the eye loses the row. */
const MAX_COLUMNS = 120;

const isUnicode = (env: Environment, platform: string): boolean => {
  if (platform === 'win32') return true;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
};

/**
 * The terminal behind a stream. Colour only where a person looks (`NO_COLOR`, `FORCE_COLOR`, `NODE_DISABLE_COLORS` and
 * `TERM=dumb` decide as everywhere in Node.js); block characters only where the locale is UTF-8.
 */
export const terminalOf = (
  stream: NodeJS.WriteStream,
  env: Environment = process.env,
  platform: string = process.platform,
): Terminal => {
  const coloured = styleText('bold', 'x', { stream }) !== 'x';
  const columns = (stream as Partial<NodeJS.WriteStream>).columns ?? DEFAULT_COLUMNS;
  return {
    columns: Math.min(Math.max(columns, MIN_COLUMNS), MAX_COLUMNS),
    unicode: isUnicode(env, platform),
    isTty: (stream as Partial<NodeJS.WriteStream>).isTTY === true,
    style: (style, text) =>
      coloured && text !== '' && style !== 'plain' ? styleText(style, text, { validateStream: false }) : text,
  };
};
