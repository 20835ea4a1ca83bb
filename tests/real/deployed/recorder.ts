import { createServer, type IncomingMessage, request } from 'node:http';

import type { Request } from '../../security/policies/evaluate.ts';
import { close, listen } from '../relay.ts';
import { ACCOUNT, REGION } from '../aws-emulator.ts';
import { requestsOf } from './requests.ts';

/** A call of an AWS API as it was made, and by whom. */
export interface Call extends Request {
  /** The access key id it was signed with: here the name of a role. */
  readonly role: string;
}

/** Stands before the emulator and notes what is asked of it. */
export interface Recorder {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  /** Calls that nobody here can name: there must be none. */
  readonly unknown: readonly string[];
  /** ARNs of the secrets there are, by name; whoever makes them adds them. */
  readonly secretArns: Map<string, string>;
  /** While it is set, S3 answers 403 to this role. */
  refuse: string | undefined;
  readonly stop: () => Promise<void>;
}

const TIMEOUT_MS = 30_000;
const REFUSAL = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** In AWS every call comes over TLS and to buckets of the account; here neither is so, which the report says. */
const CONTEXT = {
  's3:ResourceAccount': ACCOUNT,
  'aws:SecureTransport': 'true',
  's3:TlsVersion': '1.3',
  'aws:RequestedRegion': REGION,
};

/** Starts a recorder before `target`. */
export const startRecorder = async (target: string): Promise<Recorder> => {
  const calls: Call[] = [];
  const secretArns = new Map<string, string>();
  const unknown: string[] = [];
  const note = (incoming: IncomingMessage, body: Buffer): Call | undefined => {
    const [, role = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)/.exec(incoming.headers.authorization ?? '') ?? [];
    const found = requestsOf(service, incoming, body, secretArns);
    if (found.length === 0) unknown.push(`${role} ${service} ${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const noted = found.map((one) => ({ ...one, role, context: CONTEXT }));
    calls.push(...noted);
    return noted[0];
  };
  const recorder: { refuse: string | undefined } = { refuse: undefined };

  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const body = await bodyOf(incoming);
      const call = note(incoming, body);
      if (recorder.refuse !== undefined && call?.role === recorder.refuse && call.action.startsWith('s3:')) {
        outgoing.writeHead(403, { 'content-type': 'application/xml' }).end(REFUSAL);
        return;
      }
      const { method = 'GET', headers, url = '/' } = incoming;
      const onward = request(new URL(url, target), { method, headers, timeout: TIMEOUT_MS });
      onward.on('response', (got) => {
        outgoing.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    };
    answer().catch(() => outgoing.destroy());
  });
  const endpoint = `http://${await listen(server)}`;
  return Object.assign(recorder, { endpoint, calls, unknown, secretArns, stop: async () => close(server) });
};
