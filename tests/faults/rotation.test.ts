/**
 * The rotation drill: a key is rotated every second for a minute, in the secret store and at the destination, under load, while the
 * store fails half the time.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIGNALS } from '@serverless-otlp/otlp';
import { type SecretsFailure, startFakeSecretsManager } from '@serverless-otlp/testing/fake-secrets-manager';
import { expect, it, onTestFinished } from 'vitest';
import { hashOf, randomOf } from '../../scripts/fuzz/random.ts';
import { ids, laboratory, lineOf } from './laboratory.ts';
import { idsIn } from './world/items.ts';

const SECONDS = Number(process.env['FAULTS_ROTATIONS'] ?? 60);
const SECRET = 'otlp/backend';
const FAILURES: readonly SecretsFailure[] = ['error', 'throttled', 'cut off', 'hangs', 'reset'];
const LINES = 6;
const ITEMS = 5;

const newKey = (): string => `canary-${randomUUID()}`;

it('D11, D4, D27: keys that rotate every second lose nothing, are read one at a time, and are in no output', async () => {
  const random = randomOf(hashOf('rotation', 1));
  let failing = true;
  const store = await startFakeSecretsManager(() => {
    if (!failing || random.below(2) === 0) return undefined;
    return FAILURES[random.below(FAILURES.length)];
  });
  onTestFinished(() => store.close());

  const keys: string[] = [newKey()];
  const current = (): string => keys.at(-1) ?? '';
  const keep = (): void => void store.secrets.set(SECRET, JSON.stringify({ 'api-key': current() }));
  keep();

  const accepted: number[] = [];
  let refused = 0;
  const world = await laboratory(
    {
      backend: {
        script: (request) => {
          if (request.headers['x-api-key'] !== current()) {
            refused++;
            // It says what it was sent, as some do.
            return { status: 401, body: `no such key: ${String(request.headers['x-api-key'])}` };
          }
          accepted.push(...idsIn(request.body));
          return {};
        },
        settings: { headers: { 'x-api-key': `\${secretsmanager:${SECRET}#api-key}` } },
      },
    },
    {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: store.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'canary-secret-access-key',
      AWS_SESSION_TOKEN: 'canary-session-token',
    },
  );

  const rotation = setInterval(() => {
    keys.push(newKey());
    keep();
  }, 1_000);
  onTestFinished(() => clearInterval(rotation));
  let sent = 0;
  const end = Date.now() + SECONDS * 1_000;
  while (Date.now() < end) {
    const lines = Array.from({ length: LINES }, (_, index) =>
      lineOf(SIGNALS[index % 3] ?? 'traces', ids(ITEMS, sent + index * ITEMS)),
    );
    sent += LINES * ITEMS;
    const { report, error } = await world.invoke(lines);
    expect([error, report.balanced]).toEqual([undefined, true]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  clearInterval(rotation);

  const healed = accepted.length;
  failing = false;
  keep();
  // What an open breaker turned away waits for its interval of half a minute.
  for (let run = 0; run < 60 && world.letters('backend').length > 0; run++) {
    await world.redrive();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }

  expect(world.letters('backend')).toEqual([]);
  const times = new Map<number, number>();
  for (const id of accepted) times.set(id, (times.get(id) ?? 0) + 1);
  expect([...ids(sent)].filter((id) => times.get(id) !== 1)).toEqual([]);
  expect(store.seen.atOnce).toBe(1);
  expect(keys.length).toBeGreaterThanOrEqual(SECONDS - 1);
  // A drill in which nothing went wrong, or nothing went right, proves nothing.
  expect(refused).toBeGreaterThanOrEqual(SECONDS / 2);
  expect(store.seen.failed).toBeGreaterThan(SECONDS / 4);
  expect(healed).toBeGreaterThan(sent / 4);
  const stored = readdirSync(world.store.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect([world.output(), ...stored].join('\n')).not.toContain('canary');
  console.log(
    `${keys.length} keys, ${sent} items, ${healed} delivered at once, ${refused} refusals, ${store.seen.requests} readings, ${store.seen.failed} failed`,
  );
});
