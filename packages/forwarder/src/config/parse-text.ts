import { ConfigError } from './config-error.ts';

const YAML = /\.ya?ml$/i;

/** Whether a text that may have any name, since it is in no file, is YAML. JSON is, too; but its own parser costs nothing. */
export const looksLikeYaml = (path: string, text: string): boolean => YAML.test(path) || !/^\s*\{/.test(text);

/**
 * The value that a configuration file holds: YAML when it is named `.yaml` or `.yml`, else JSON. A YAML parser costs a cold start
 * more than the whole forwarder: only who writes YAML loads it.
 *
 * @throws {ConfigError} with the line, where it is known. The parsers' own messages quote the text, and a configuration holds secrets.
 */
export const parseText = async (path: string, text: string, isYaml: boolean = YAML.test(path)): Promise<unknown> => {
  const refuse = (position?: number): never => {
    const line = position === undefined ? '' : ` (line ${text.slice(0, position).split('\n').length})`;
    const remedy = isYaml || /\.json$/i.test(path) ? '' : '; name the file .yaml if it is YAML';
    throw new ConfigError([{ path, message: `is not valid ${isYaml ? 'YAML' : 'JSON'}${line}${remedy}` }]);
  };
  if (isYaml) return parseYaml(text, refuse);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const position = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec((error as SyntaxError).message)?.[1];
    return refuse(position === undefined ? undefined : Number(position));
  }
};

const parseYaml = async (text: string, refuse: (position?: number) => never): Promise<unknown> => {
  const { parseDocument } = await import('yaml');
  // Below `error`, the parser writes tags and keys to standard error by itself.
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', stringKeys: true });
  // A warning is a tag nobody resolves, and its value is lost: most likely a secret that starts with an exclamation mark.
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) return refuse(mistake.pos[0]);
  try {
    const value: unknown = document.toJS();
    JSON.stringify(value);
    return value;
  } catch {
    return refuse(); // aliases that multiply, or hold themselves: who looks at every place never comes to an end
  }
};
