/** Shorter pieces would redact ordinary words without hiding anything. */
const MIN_SECRET = 4;

/** Shorter ones look like ordinary text when they are encoded. */
const MIN_ENCODED = 8;

/**
 * Replaces everything secret in a text: header values and their words, user, password and query of URLs, in every spelling that a
 * server may echo them in. Servers echo what they were sent, and their messages end in our report (D27).
 */
export const redactor = (
  sent: readonly Readonly<Record<string, string>>[],
  urls: readonly URL[],
): ((text: string) => string) => {
  // Made with the first text: most destinations never have anything to say.
  let secrets: RegExp | undefined;
  const find = (): RegExp => {
    const headers = sent.flatMap((one) => Object.entries(one)).filter(([name]) => !NO_SECRET.test(name));
    const values = [...headers.flatMap(([, value]) => withBasic(value)), ...urls.flatMap(secretsOf)];
    const pieces = values.flatMap((value) => [value, ...wordsOf(value)]);
    const spelled = pieces.flatMap((piece) => [piece, decoded(piece)]).flatMap(spellingsOf);
    // The longest first, so that no rest of a value stays behind.
    const sorted = [...new Set(spelled)]
      .filter(({ length }) => length >= MIN_SECRET)
      .sort((a, b) => b.length - a.length);
    // In any case: some servers write everything small. Without any secret it matches nothing.
    return new RegExp(sorted.map(literal).join('|') || '(?!)', 'gi');
  };
  return (text) => text.replace((secrets ??= find()), '[redacted]');
};

/** What everybody may know of a signature, and who reads why it was refused wants to. */
const NO_SECRET = /^x-amz-(?:date|content-sha256)$/;

/** In a signature of AWS the key's id and the signature alone; its other words would be missing in what the server says. */
const wordsOf = (value: string): readonly string[] => {
  const [, keyId, signature] = /^AWS4-\S+ Credential=([^/]+)\/.* Signature=(\w+)$/.exec(value) ?? [];
  return keyId === undefined || signature === undefined ? value.split(/[\s:;,=&]+/) : [keyId, signature];
};

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** As it is, percent-encoded, as JSON writes it, in hex and in base64. */
const spellingsOf = (piece: string): readonly string[] => {
  const plain = [piece, encodeURIComponent(piece), JSON.stringify(piece).slice(1, -1)];
  if (piece.length < MIN_ENCODED) return plain;
  return [...plain, Buffer.from(piece).toString('hex'), ...[0, 1, 2].flatMap((shift) => base64Of(piece, shift))];
};

/** What base64 makes of a text behind so many other bytes: the letters that belong to it alone, in both alphabets. */
const base64Of = (text: string, shift: number): readonly string[] => {
  const bytes = Buffer.from(' '.repeat(shift) + text);
  const core = bytes.toString('base64url').slice(Math.ceil((shift * 4) / 3), Math.floor((bytes.length * 4) / 3));
  return [core, core.replaceAll('-', '+').replaceAll('_', '/')];
};

/** As long as a token: some backends take theirs in the path. */
const TOKEN = /^[\w.~%+=-]{16,}$/;

/** A query may be a secret without a name, and a server may name either form of it. */
const secretsOf = ({ username, password, pathname, search, searchParams }: URL): readonly string[] => {
  const raw = search
    .slice(1)
    .split('&')
    .map((parameter) => parameter.slice(parameter.indexOf('=') + 1));
  const basic = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  const tokens = pathname.split('/').filter((segment) => TOKEN.test(segment));
  return [username, password, basic, ...tokens, ...raw, ...searchParams.values()];
};

/** The user and password that Basic authentication carries in base64. */
const withBasic = (value: string): readonly string[] => {
  const [, basic] = /^Basic\s+(\S+)$/i.exec(value) ?? [];
  return basic === undefined ? [value] : [value, Buffer.from(basic, 'base64').toString()];
};

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
