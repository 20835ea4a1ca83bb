import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** Who signs. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Goes with temporary keys. */
  readonly sessionToken?: string;
  /** From when they are worth nothing, in epoch milliseconds; absent: never. */
  readonly expiresAtMs?: number;
}

/** Resolves to credentials that are valid now; `fresh` asks for others than the last. Rejects with an `AuthenticationError`. */
export type CredentialsProvider = (options?: { readonly fresh?: boolean }) => Promise<AwsCredentials>;

/** One request to a service of AWS, exactly as it is sent. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** The name it signs with, such as `xray`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Epoch milliseconds by the clock of AWS, which takes five minutes of difference (fifteen in S3). */
  readonly nowMs: number;
}

/** What AWS wants signed, and what says what the body is. Whatever else there is, somebody on the way may add to or rewrite. */
const SIGNED = /^(?:content-(?:type|encoding)|x-(?:amz|aws)-.*)$/;

/** A hash of Node's, with or without a key. */
interface Hash {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Node's own hashes, as the signer wants to be given them: those in JavaScript take seven times as long. */
class Sha256 {
  private readonly secret: string | Uint8Array | undefined;
  private hash: Hash;

  constructor(secret?: unknown) {
    this.secret = secret as string | Uint8Array | undefined;
    this.hash = this.begin();
  }

  private begin(): Hash {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret);
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    this.hash = this.begin();
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Parameters as AWS reads them: a plus is a plus, unlike in `URLSearchParams`. */
const queryOf = ({ search }: URL): Record<string, string[]> => {
  const query = new Map<string, string[]>();
  for (const parameter of search.slice(1).split('&')) {
    if (parameter === '') continue;
    const equals = parameter.indexOf('=');
    const name = decoded(equals < 0 ? parameter : parameter.slice(0, equals));
    const value = equals < 0 ? '' : decoded(parameter.slice(equals + 1));
    query.set(name, [...(query.get(name) ?? []), value]);
  }
  return Object.fromEntries(query);
};

/**
 * The headers to send besides, so that AWS knows who sends (Signature Version 4): `authorization`, `x-amz-date`,
 * `x-amz-content-sha256`, and `x-amz-security-token` with temporary keys.
 *
 * Source: docs.aws.amazon.com, IAM user guide, "Create a signed AWS API request".
 */
export const signAws = async (request: AwsRequest): Promise<Readonly<Record<string, string>>> => {
  const { method, url, headers, body, service, region, credentials, nowMs } = request;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    // S3 takes a path as it is; all other services normalise it and encode it a second time.
    uriEscapePath: service !== 's3',
  });
  const given: Record<string, string> = { host: headers['host'] ?? url.host };
  for (const [name, value] of Object.entries(headers)) if (SIGNED.test(name)) given[name] = value;
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: queryOf(url),
      headers: given,
      body,
    },
    { signingDate: new Date(nowMs) },
  );
  return Object.fromEntries(Object.entries(signed.headers).filter(([name, value]) => given[name] !== value));
};
