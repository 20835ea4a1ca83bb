import { Document, visit, type YAMLMap } from 'yaml';

/** What a template is made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A part of a text as `Fn::Sub` writes it; `undefined` for what it cannot. */
const partOf = (part: Json): string | undefined => {
  if (typeof part === 'string') return part.replaceAll('${', '${!');
  if (!isObject(part)) return undefined;
  const { Ref, 'Fn::GetAtt': attribute } = part;
  if (typeof Ref === 'string') return `\${${Ref}}`;
  return Array.isArray(attribute) && attribute.length === 2 ? `\${${attribute.join('.')}}` : undefined;
};

/** `Fn::Join` without a delimiter is `Fn::Sub`, which can be read. */
const readable = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  const { 'Fn::Join': join } = value;
  if (Array.isArray(join) && join[0] === '' && Array.isArray(join[1])) {
    const parts = join[1].map(partOf);
    if (parts.every((part) => part !== undefined)) return { 'Fn::Sub': parts.join('') };
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, readable(entry)]));
};

/** As long as a call may be to stand in one line. */
const SHORT = 90;

const isCall = (map: YAMLMap): boolean => {
  const [first, second] = map.items;
  if (first === undefined || second !== undefined) return false;
  return /^(Ref$|Fn::)/.test(String(first.key)) && JSON.stringify(map).length <= SHORT;
};

/**
 * A template as YAML, with the reason of each statement above it.
 *
 * @param reasonOf a statement, by its Sid.
 */
export const toYaml = (template: Json, heading: string, reasonOf: (sid: string) => string | undefined): string => {
  const document = new Document(readable(template), { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Map: (_, map: YAMLMap) => {
      const sid = map.get('Sid');
      const reason = typeof sid === 'string' ? reasonOf(sid) : undefined;
      if (reason !== undefined) map.commentBefore = ` ${reason}`;
      if (isCall(map)) map.flow = true;
    },
  });
  document.commentBefore = heading;
  return document.toString({ lineWidth: 0, singleQuote: true });
};
