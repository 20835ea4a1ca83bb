import { prettyPrinter, type Terminal, visible, visibleJson } from '@serverless-otlp/dev-server';
import type { LetterHeader } from '@serverless-otlp/forwarder';
import { type OtlpRequest, requestToJson } from '@serverless-otlp/otlp';
import type { Entry } from './entries.ts';
import type { KeptLine, Opened } from './open-entry.ts';

const FIELDS = [
  ...['destination', 'signal', 'items', 'lines', 'fault', 'reason', 'attempts', 'bisect'],
  ...['firstEventAt', 'storedAt', 'notBefore', 'bytes', 'sha256'],
] as const satisfies readonly (keyof LetterHeader)[];

const NAME_WIDTH = 13;

const fieldText = (name: string, value: unknown): string =>
  `  ${visible(name).padEnd(NAME_WIDTH)} ${visible(typeof value === 'string' ? value : String(value))}\n`;

const headerText = (header: LetterHeader): string =>
  [
    ...FIELDS.flatMap((name) => (header[name] === undefined ? [] : [fieldText(name, header[name])])),
    ...Object.entries(header.source).map(([name, value]) => fieldText(name, value)),
  ].join('');

const requestText = (request: OtlpRequest, terminal: Terminal | undefined): string => {
  if (terminal === undefined) return `${visibleJson(requestToJson(request))}\n`;
  const printer = prettyPrinter(terminal);
  return printer.print(request) + printer.end();
};

const lineText = ({ id, reason, line, base64 }: KeptLine): string => {
  const content = typeof line === 'string' ? line : typeof base64 === 'string' ? `base64: ${base64}` : '(nothing)';
  const where = typeof id === 'string' ? `event ${id}: ` : '';
  return `  ${visible(where)}${visible(String(reason))}\n    ${visible(content)}\n`;
};

/** The words of Lambda about an event it gave up; not those of the function, which may be long and about anything. */
const recordText = (record: Readonly<Record<string, unknown>>): string => {
  const context = (record['requestContext'] ?? {}) as Readonly<Record<string, unknown>>;
  const response = (record['responseContext'] ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries({
    timestamp: record['timestamp'],
    condition: context['condition'],
    invocations: context['approximateInvokeCount'],
    requestId: context['requestId'],
    functionError: response['functionError'],
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => fieldText(name, value))
    .join('');
};

/**
 * An object for people: what it says of itself, then its content.
 *
 * @param terminal where a tree of spans, points and records is read; absent: requests are OTLP/JSON.
 */
export const openedText = ({ key }: Entry, opened: Opened, terminal?: Terminal): string => {
  const title = `${visible(key)}\n`;
  switch (opened.kind) {
    case 'request':
      return `${title}${headerText(opened.header)}${requestText(opened.request, terminal)}`;
    case 'lines':
      return `${title}${headerText(opened.header)}${opened.lines.map(lineText).join('')}`;
    case 'event': {
      const content = opened.decoded.map((decoded) =>
        'request' in decoded
          ? requestText(decoded.request, terminal)
          : 'fault' in decoded
            ? `  cannot be read (${visible(decoded.fault.reason)}): ${visible(decoded.fault.message)}\n`
            : '',
      );
      return `${title}${recordText(opened.record)}${content.join('')}`;
    }
    case 'damaged':
      return `${title}${opened.header === undefined ? '' : headerText(opened.header)}`;
  }
};

/** The same as one JSON object. */
export const openedJson = ({ key }: Entry, opened: Opened): string => {
  const json = (value: unknown): string => visibleJson(JSON.stringify(value));
  // A request is JSON of its own: its 64-bit integers must not pass through numbers.
  const requestJson = (request: OtlpRequest): string => visibleJson(requestToJson(request));
  switch (opened.kind) {
    case 'request':
      return `{"key":${json(key)},"header":${json(opened.header)},"request":${requestJson(opened.request)}}`;
    case 'event': {
      const requests = opened.decoded.flatMap((decoded) =>
        'request' in decoded ? [requestJson(decoded.request)] : [],
      );
      const faults = opened.decoded.flatMap((decoded) => ('fault' in decoded ? [decoded.fault] : []));
      return `{"key":${json(key)},"record":${json(opened.record)},"requests":[${requests.join()}],"faults":${json(faults)}}`;
    }
    case 'lines':
    case 'damaged': {
      const { kind: _, ...rest } = opened;
      return json({ key, ...rest });
    }
  }
};
