/**
 * Everything that makes a terminal do something instead of showing something: C0, DEL and C1 controls, line and paragraph
 * separators, and the marks that turn the direction of writing or take no room.
 */
const UNSAFE =
  /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeOf = (character: string): string => {
  const code = character.charCodeAt(0);
  return (
    NAMED[character] ??
    (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
};

/** Text from telemetry, made safe to print on one line: what would act on the terminal is shown as an escape instead. */
export const visible = (text: string): string => text.replace(UNSAFE, escapeOf);

/** The same JSON, safe to print: `JSON.stringify` leaves DEL, C1 and the separators as they are. */
export const visibleJson = (json: string): string =>
  json.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
