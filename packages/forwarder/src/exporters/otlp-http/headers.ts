import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Metadata } from '../../types.ts';
import { VERSION } from '../../version.ts';

type Headers = Readonly<Record<string, string>>;

const USER_AGENT = `serverless-otlp-forwarder/${VERSION} OTel-OTLP-Exporter-JavaScript/${VERSION}`;

/** What describes the body is for its sender to say (R2, R3, R4). */
const OF_THE_BODY = /^(?:content-(?:type|encoding|length)|transfer-encoding)$/;

/** Headers that allow-listed envelope headers can never set: ours, the connection's, and credentials. */
const RESERVED =
  /^(?:content-|host$|connection$|transfer-encoding$|te$|trailer$|upgrade$|keep-alive$|expect$|proxy-|authorization$|cookie$|user-agent$|accept)/;

/**
 * The configured headers, names in lower case, as they are sent with every request. The OTLP exporter's own product stays in
 * `user-agent`; a configured one is put before it (R10).
 *
 * @throws {TypeError} on a header that cannot be sent; names it without its value.
 */
export const configuredHeaders = (headers: Headers): Headers => {
  const sent: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    validateHeaderName(given);
    validateHeaderValue(given, value);
    const name = given.toLowerCase();
    if (!OF_THE_BODY.test(name)) sent[name] = value;
  }
  const own = sent['user-agent'];
  return { ...sent, 'user-agent': own === undefined ? USER_AGENT : `${own} ${USER_AGENT}` };
};

/** What nearly every event has. */
export const NO_HEADERS: Headers = {};

/** Allow-listed envelope headers, which travel as metadata `header.<name>`: a function's own words, so what cannot be sent is left out. */
export const routingHeaders = (metadata: Metadata): Headers => {
  let sent: Record<string, string> | undefined;
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.startsWith('header.')) continue;
    const name = key.slice('header.'.length).toLowerCase();
    if (name !== '' && !RESERVED.test(name) && canBeSent(name, value)) (sent ??= {})[name] = value;
  }
  return sent ?? NO_HEADERS;
};

const canBeSent = (name: string, value: string): boolean => {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
};
