import { fail, type Finding, pass, warn } from '../check.ts';
import { isLoopback, type Target } from './subject.ts';

/** Where clouds and containers give credentials to who runs there. */
const METADATA =
  /^(?:169\.254\.\d+\.\d+|metadata\.google\.internal|\[fd00:ec2::(?:254|23)\]|\[fe80:.*\]|100\.100\.100\.200)$/i;
const NOWHERE = /^(?:0\.0\.0\.0|\[::\])$/;

const GRPC_PORT = '4317';

/** `/v1/traces/v1/traces`: the base was given with the path of a signal. */
const DOUBLED = /\/v1\/(?:traces|metrics|logs)\/.*\/?v1\/(?:traces|metrics|logs)$/;

const signalPath = (signal: string): string => `/v1/${signal}`;

/** Some backends take their key in the path: nothing but what OTLP says is shown of it. */
const shownPath = ({ pathname }: URL, signal: string): string => {
  const own = signalPath(signal);
  if (pathname === own) return own;
  return pathname.endsWith(own) ? `/…${own}` : '/…';
};

const formOf = ({ id, settings }: Target, signal: string, url: URL): Finding => {
  const subject = `${id}, ${signal}`;
  if (DOUBLED.test(url.pathname))
    return fail('endpoint-form', `the path would have ${signalPath(signal)} twice`, subject);
  if (url.port === GRPC_PORT) return fail('endpoint-form', 'port 4317 is that of OTLP/gRPC', subject);
  const secret = settings.auth !== undefined || Object.keys(settings.headers ?? {}).length > 0;
  if (url.protocol === 'http:' && !isLoopback(url))
    return (secret ? fail : warn)(
      'endpoint-form',
      `http:// to another machine: telemetry${secret ? ' and credentials travel' : ' travels'} in clear`,
      subject,
    );
  return pass('endpoint-form', `${url.protocol}//${url.host}${shownPath(url, signal)}`, subject);
};

/** Whether nothing is to be sent there, not even by whoever looks. */
export const isForbidden = ({ hostname }: URL): boolean => METADATA.test(hostname) || NOWHERE.test(hostname);

const placeOf = ({ id }: Target, signal: string, url: URL): Finding => {
  const subject = `${id}, ${signal}`;
  if (METADATA.test(url.hostname))
    return fail('endpoint-place', `${url.hostname} is a service that gives out credentials`, subject);
  if (NOWHERE.test(url.hostname)) return fail('endpoint-place', `${url.hostname} is no address to send to`, subject);
  if (isLoopback(url))
    return warn('endpoint-place', `${url.host} is the machine itself: in Lambda nothing listens there`, subject);
  return pass('endpoint-place', url.host, subject);
};

/** What can be told of endpoints without a connection. */
export const endpointChecks = (targets: readonly Target[]): readonly Finding[] =>
  targets.flatMap((target) =>
    Object.entries(target.urls).flatMap(([signal, url]) => [formOf(target, signal, url), placeOf(target, signal, url)]),
  );
