import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How a request is answered that is not answered well. */
export type SecretsFailure = 'error' | 'throttled' | 'cut off' | 'hangs' | 'reset';

/** A Secrets Manager on loopback that knows GetSecretValue and, by name, BatchGetSecretValue, and fails as it is told to. */
export interface FakeSecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly url: string;
  /** Text by name. */
  readonly secrets: Map<string, string>;
  /** Requests so far, and the most at once. */
  readonly seen: { requests: number; failed: number; atOnce: number };
  close(): Promise<void>;
}

const CONTENT = { 'content-type': 'application/x-amz-json-1.1' };
const HANG_MS = 200;

/** Of a page. AWS may return fewer than were asked for. */
const PER_PAGE = 2;

interface Batch {
  readonly Filters: readonly { readonly Values: readonly string[] }[];
  readonly NextToken?: string;
}

const fail = (response: ServerResponse, failure: SecretsFailure): void => {
  switch (failure) {
    case 'error':
      response.writeHead(500, CONTENT).end(JSON.stringify({ __type: 'InternalServiceError' }));
      break;
    case 'throttled':
      response.writeHead(400, CONTENT).end(JSON.stringify({ __type: 'ThrottlingException' }));
      break;
    case 'cut off':
      response.writeHead(200, CONTENT).end('{"SecretString":"');
      break;
    case 'hangs':
      setTimeout(() => response.destroy(), HANG_MS);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
  }
};

/** @param failureOf how the next request fails; `undefined` when it does not. */
export const startFakeSecretsManager = async (
  failureOf: () => SecretsFailure | undefined = () => undefined,
): Promise<FakeSecretsManager> => {
  const secrets = new Map<string, string>();
  const seen = { requests: 0, failed: 0, atOnce: 0 };
  let open = 0;

  const answerBatch = ({ Filters: [filter], NextToken: token = '0' }: Batch, response: ServerResponse): void => {
    const [prefix = ''] = filter?.Values ?? [];
    const found = [...secrets].filter(([name]) => name.startsWith(prefix));
    const end = Number(token) + PER_PAGE;
    const SecretValues = found.slice(Number(token), end).map(([Name, SecretString]) => ({ Name, SecretString }));
    const more = end < found.length ? { NextToken: String(end) } : {};
    response.writeHead(200, CONTENT).end(JSON.stringify({ SecretValues, ...more }));
  };

  const answer = (body: string, response: ServerResponse): void => {
    const input = JSON.parse(body) as { readonly SecretId: string } | Batch;
    if ('Filters' in input) {
      answerBatch(input, response);
      return;
    }
    const { SecretId: id } = input;
    const value = secrets.get(id);
    if (value === undefined)
      response.writeHead(400, CONTENT).end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    else response.writeHead(200, CONTENT).end(JSON.stringify({ Name: id, SecretString: value }));
  };

  const server = createServer((request, response) => {
    seen.requests++;
    seen.atOnce = Math.max(seen.atOnce, ++open);
    response.on('close', () => open--);
    void text(request).then((body) => {
      const failure = failureOf();
      if (failure === undefined) {
        answer(body, response);
        return;
      }
      seen.failed++;
      fail(response, failure);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
