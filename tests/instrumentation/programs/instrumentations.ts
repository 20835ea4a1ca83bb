/** What a user's first import does: instrumentation libraries, before anything they patch is loaded. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { AwsInstrumentation } from '@opentelemetry/instrumentation-aws-sdk';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';

registerInstrumentations({
  instrumentations: [
    new HttpInstrumentation(),
    new UndiciInstrumentation(),
    new AwsInstrumentation({ suppressInternalInstrumentation: true }),
  ],
});

// Modules of Node itself are patched when they are required; an `import` sees the patched ones from then on.
const require = createRequire(import.meta.url);
require('node:http');
require('node:https');
syncBuiltinESMExports();
