import { setTimeout as wait } from 'node:timers/promises';
import { AuthenticationError } from '../../auth/authentication-error.ts';
import { type AwsCredentials, type CredentialsProvider, signAws } from '../../auth/sign.ts';
import { type HttpAnswer, httpTransport } from '../../http/transport.ts';
import { until } from '../../until.ts';
import type { AwsService } from './aws-json-endpoint.ts';
import type { AwsFailure } from './aws-json-failure.ts';

/** What {@link awsSender} needs. */
export interface AwsSenderOptions {
  readonly credentials: CredentialsProvider;
  /** Connections at once, per host; default 5. */
  readonly concurrency?: number;
  /** Size over which an answer is not read; default 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Epoch milliseconds, for signatures. */
  readonly now?: () => number;
  /** Milliseconds of a clock that never jumps, for timeouts. */
  readonly clock?: () => number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** One request, before it is signed. A `url` is used for all requests that go there: the transport keeps what it makes of it. */
export interface AwsCall {
  readonly service: AwsService;
  readonly region: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: a GET. */
  readonly body?: string;
}

/** What was answered with a 2xx; or what it failed with, and the headers of that answer. */
export type AwsReply =
  { readonly body: Uint8Array } | { readonly failure: AwsFailure; readonly headers: Readonly<Record<string, unknown>> };

/** Sends a request to AWS, signed, and again while that makes sense; until `endMs` of the clock. Never rejects. */
export type AwsSender = (call: AwsCall, endMs: number) => Promise<AwsReply>;

/** Of one try: what is slower than this is stuck. */
const TRY_MS = 2_000;
const TRIES = 4;
const FIRST_WAIT_MS = 100;

/** Source: "Retry behavior", AWS SDKs and Tools reference guide. */
const THROTTLED =
  /^(?:Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|ProvisionedThroughputExceeded|LimitExceededException|SlowDown|PriorRequestNotComplete)/;
const STALE_CREDENTIALS = /^(?:ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken)/;
const CLOCK =
  /^(?:RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignatureException|SignatureDoesNotMatch)/;

/** Less than AWS forgives. */
const MIN_SKEW_MS = 60_000;

const CODE = /^[A-Za-z][A-Za-z0-9.]{0,63}$/;

/** AWS's name for what went wrong: `com.amazonaws.x#ThrottlingException:http://…` in JSON or a header, `<Code>` in XML. */
const codeOf = (answer: Extract<HttpAnswer, { readonly status: number }>): string => {
  const text = typeof answer.body === 'string' ? '' : Buffer.from(answer.body).toString();
  const header = answer.headers['x-amzn-errortype'];
  const type =
    (typeof header === 'string' ? header : undefined) ??
    /"__type"\s*:\s*"([^"]{1,200})"/.exec(text)?.[1] ??
    /<Code>([^<]{1,64})<\/Code>/.exec(text)?.[1] ??
    '';
  const name = type.replace(/:.*$/, '').replace(/^.*#/, '');
  return CODE.test(name) ? name : `status ${answer.status}`;
};

const failedWith = (code: string, detail: string, retryable: boolean): AwsReply => ({
  failure: { code, detail, retryable },
  headers: {},
});

const replyOf = (answer: HttpAnswer): AwsReply => {
  if ('failure' in answer) return failedWith('unreachable', answer.message, answer.failure === 'retryable');
  const { status, body, headers } = answer;
  const ok = status >= 200 && status < 300;
  if (ok && typeof body !== 'string') return { body };
  if (body === 'too_large') return failedWith('too_large', '', false);
  if (ok) return failedWith('broken answer', '', true);
  const code = codeOf(answer);
  return { failure: { code, detail: '', retryable: status >= 500 || status === 429 || THROTTLED.test(code) }, headers };
};

/** Signed requests over a few kept-alive connections, with as many tries as fit into the time. */
export const awsSender = (options: AwsSenderOptions): AwsSender => {
  const { credentials, concurrency = 5, maxAnswerBytes = 1024 * 1024, now = Date.now, random = Math.random } = options;
  const { clock = () => performance.now(), sleep = wait } = options;
  const transport = httpTransport({ concurrency, maxResponseBytes: maxAnswerBytes });
  /** How far the clock of AWS is ahead of ours (F23). */
  let skewMs = 0;

  const keysOf = async (fresh: boolean, timeoutMs: number): Promise<AwsCredentials | AwsReply> => {
    try {
      const keys = await until(credentials({ fresh }), timeoutMs);
      return keys ?? failedWith('no_credentials', 'they did not come in time', true);
    } catch (error) {
      const known = error instanceof AuthenticationError;
      return failedWith('no_credentials', known ? error.message : 'they cannot be had', known ? error.retryable : true);
    }
  };

  const once = async (call: AwsCall, fresh: boolean, endMs: number): Promise<AwsReply> => {
    const { service, region, url, headers, body } = call;
    const keys = await keysOf(fresh, Math.max(1, endMs - clock()));
    if (!('accessKeyId' in keys)) return keys;
    const method = body === undefined ? 'GET' : 'POST';
    const nowMs = now() + skewMs;
    const signed = await signAws({ method, url, headers, body, service, region, credentials: keys, nowMs });
    const bytes = body === undefined ? undefined : Buffer.from(body);
    return replyOf(
      await transport(url, { ...headers, ...signed }, bytes, Math.min(TRY_MS, Math.max(1, endMs - clock()))),
    );
  };

  /** Whether our clock was wrong; from now on it is not. */
  const adoptClock = (headers: Readonly<Record<string, unknown>>): boolean => {
    const date = headers['date'];
    const aheadMs = Date.parse(typeof date === 'string' ? date : '') - now();
    if (!(Math.abs(aheadMs - skewMs) > MIN_SKEW_MS)) return false;
    skewMs = aheadMs;
    return true;
  };

  return async (call, endMs) => {
    let renewed = false;
    let fresh = false;
    for (let attempt = 1; ; attempt++) {
      const reply = await once(call, fresh, endMs);
      fresh = false;
      if ('body' in reply || attempt >= TRIES || clock() >= endMs) return reply;
      const { failure, headers } = reply;
      if (!renewed && STALE_CREDENTIALS.test(failure.code)) {
        renewed = fresh = true;
        continue;
      }
      if (CLOCK.test(failure.code) && adoptClock(headers)) continue;
      if (!failure.retryable) return reply;
      const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random());
      if (clock() + waitMs >= endMs) return reply;
      await sleep(waitMs);
    }
  };
};
