import { join } from 'node:path';

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { type AwsEmulator, startAwsEmulator } from './aws-emulator.ts';
import { startProgram } from './process.ts';
import { itemsOfLines } from './sent.ts';
import { within } from './wait.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/api-dynamodb');

let emulator: AwsEmulator;
beforeAll(async () => {
  emulator = await startAwsEmulator();
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', emulator.endpoint);
  const client = new DynamoDBClient({});
  await client.send(
    new CreateTableCommand({
      TableName: 'notes',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  client.destroy();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.close();
});

it('examples/api-dynamodb keeps a note in a table, and traces it', async () => {
  const args = ['--conditions=@serverless-otlp/source', 'invoke.ts', 'events/put-note.json', 'events/get-note.json'];
  const program = startProgram(process.execPath, args, { cwd: EXAMPLE, env: process.env as Record<string, string> });
  program.child.stdin?.end();
  expect(await within('the example to end', 60_000, program.ended)).toBe(0);
  expect(program.stderr()).toContain('"text":"Buy milk"');
  const { traces } = itemsOfLines(program.stdout().trimEnd().split('\n'));
  expect(traces).toHaveLength(4);
  for (const name of ['PUT /notes/{id}', 'DynamoDB.PutItem', 'GET /notes/{id}', 'DynamoDB.GetItem'])
    expect(traces.filter((span) => span.includes(`"name":"${name}"`))).toHaveLength(1);
});
