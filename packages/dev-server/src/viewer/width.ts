const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** East Asian wide and full-width ranges, and what is drawn as an emoji: two columns each. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

const widthOfGrapheme = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : /^\p{Mark}/u.test(grapheme) ? 0 : 1);

/** How many columns a text without control characters takes in a terminal. */
export const widthOf = (text: string): number => {
  if (isAscii(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
};

/** The text cut to so many columns, the cut marked with `ellipsis`. */
export const cut = (text: string, columns: number, ellipsis: string): string => {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  const room = columns - widthOf(ellipsis);
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOfGrapheme(segment);
    if (width > room) break;
    kept += segment;
  }
  return room < 0 ? ellipsis.slice(0, columns) : kept + ellipsis;
};

/** The text in exactly so many columns: cut or filled with spaces. */
export const fit = (text: string, columns: number, ellipsis: string): string => {
  const short = cut(text, columns, ellipsis);
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)));
};
