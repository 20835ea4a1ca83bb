/** Calls the handler with events from files, as Lambda would: `node invoke.ts event.json`. */
import { readFileSync } from 'node:fs';
import { lambdaContext } from '@serverless-otlp/lambda/testing';

process.env['OTEL_SERVICE_NAME'] ??= 'orders';

// Now that the variables are there.
const { handler } = await import('./handler.ts');
for (const path of process.argv.slice(2)) {
  const event = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof handler>[0];
  // Standard output is for telemetry.
  console.error(await handler(event, lambdaContext()));
}
