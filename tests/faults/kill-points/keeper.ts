import { startFakeCollector } from '@serverless-otlp/testing/fake-collector';
import { type SecretsFailure, startFakeSecretsManager } from '@serverless-otlp/testing/fake-secrets-manager';
import { keyOf } from '../world/canary.ts';
import { idsIn } from '../world/items.ts';

/** The key and the token that count now, by number. */
export interface Keys {
  key: number;
  token: number;
  /** How the secret store fails. */
  failure: SecretsFailure | undefined;
}

/** A destination that asks for a key and a token, the secret store of the key, and the server of the token. */
export interface Keeper {
  readonly keys: Keys;
  /** Settings of the exporter that sends to it. */
  readonly exporter: object;
  /** Variables of its environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** How often an item was taken. */
  readonly takenOf: (id: number) => number;
  close(): Promise<void>;
}

const SECRET = 'otlp/keeper';

/** Starts all three; each of them knows the keys of now. */
export const startKeeper = async (): Promise<Keeper> => {
  const keys: Keys = { key: 0, token: 0, failure: undefined };
  const taken = new Map<number, number>();
  const takenOf = (id: number): number => taken.get(id) ?? 0;
  const keyNow = (): string => keyOf('keeper', keys.key);
  const tokenNow = (): string => keyOf('token', keys.token);

  const secrets = await startFakeSecretsManager(() => {
    secrets.secrets.set(SECRET, keyNow());
    return keys.failure;
  });
  const tokens = await startFakeCollector({
    keepRequests: false,
    script: () => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: tokenNow(), token_type: 'Bearer', expires_in: 86_400 }),
    }),
  });
  const collector = await startFakeCollector({
    keepRequests: false,
    script: ({ headers, body }) => {
      if (headers['x-api-key'] !== keyNow() || headers.authorization !== `Bearer ${tokenNow()}`) return { status: 401 };
      for (const id of idsIn(body)) taken.set(id, takenOf(id) + 1);
      return {};
    },
  });
  const oauth2 = { token_url: `${tokens.url}/token`, client_id: 'forwarder', client_secret: '${env:CLIENT_SECRET}' };
  return {
    keys,
    exporter: {
      endpoint: collector.url,
      headers: { 'x-api-key': `\${secretsmanager:${SECRET}}` },
      auth: { oauth2 },
      timeout_ms: 20_000, // a busy machine is no fault
    },
    variables: {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: keyOf('aws', 0),
      CLIENT_SECRET: keyOf('client', 0),
    },
    takenOf,
    close: async () => {
      await Promise.all([secrets.close(), tokens.close(), collector.close()]);
    },
  };
};
