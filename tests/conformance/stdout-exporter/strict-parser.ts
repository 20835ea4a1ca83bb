import { gunzipSync } from 'node:zlib';

/** What a reader of the published format takes from a line. */
export interface StrictLine {
  readonly version: string;
  readonly source: string;
  readonly endpoint: string;
  readonly method: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly level: string | undefined;
  readonly request: Buffer;
  /** The names of all fields, in their order. */
  readonly fields: readonly string[];
}

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

const refuse = (what: string): never => {
  throw new Error(`not the published format: ${what}`);
};

/**
 * Reads a line as strictly as the strictest readers of the published exporters' format do: eight fields, each there and of its type,
 * none twice; `headers` and `level` only of theirs. Written from the description of the format, on its own.
 */
export const strictParse = (line: string): StrictLine => {
  const names = [...line.matchAll(/"([A-Za-z0-9_-]+)":/g)].map(([, name = '']) => name);
  const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const textOf = (name: string): string => {
    const found = value[name];
    return typeof found === 'string' ? found : refuse(`"${name}" is no string`);
  };
  const fields = Object.keys(value);
  if (names.length !== new Set(names).size) refuse('a field twice');
  if (fields[0] !== '__otel_otlp_stdout') refuse('the marker is not the first field');
  const { base64, headers, level } = value;
  if (typeof base64 !== 'boolean') return refuse('"base64" is no boolean');
  if (level !== undefined && !(LEVELS as unknown[]).includes(level)) refuse(`level ${JSON.stringify(level)}`);
  if (headers !== undefined && !(Object.values(headers as object) as unknown[]).every((one) => typeof one === 'string'))
    refuse('a header is no string');
  const payload = Buffer.from(textOf('payload'), base64 ? 'base64' : 'utf8');
  if (base64 && payload.toString('base64') !== textOf('payload')) refuse('base64');
  return {
    version: textOf('__otel_otlp_stdout'),
    source: textOf('source'),
    endpoint: textOf('endpoint'),
    method: textOf('method'),
    contentType: textOf('content-type'),
    headers: headers as StrictLine['headers'],
    level: level as string | undefined,
    request: textOf('content-encoding') === 'gzip' ? gunzipSync(payload) : payload,
    fields,
  };
};
