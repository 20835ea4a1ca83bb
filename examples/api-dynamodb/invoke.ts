/** Calls the handler with events from files, as Lambda would: `node invoke.ts events/put-note.json events/get-note.json`. */
import { readFileSync } from 'node:fs';
import { lambdaContext } from '@serverless-otlp/lambda/testing';
import { startTable } from './table.ts';

process.env['OTEL_SERVICE_NAME'] ??= 'notes';
if (process.env['AWS_ENDPOINT_URL_DYNAMODB'] === undefined) {
  const { url } = await startTable();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
}

// Now that the variables are there.
const { handler } = await import('./handler.ts');
for (const path of process.argv.slice(2)) {
  const event = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof handler>[0];
  // Standard output is for telemetry.
  console.error(await handler(event, lambdaContext()));
}
