import { expect, it } from 'vitest';
import { environmentOfFunction } from './doctor.ts';

it('the variables of a function, with our way to AWS and its Region', () => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example', AWS_PROFILE: 'theirs' };
  const own = {
    AWS_PROFILE: 'ours',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://localhost:5000',
    AWS_LAMBDA_FUNCTION_NAME: 'x',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=ours',
    PATH: '/bin',
  };
  expect(environmentOfFunction(variables, 'eu-north-1', own)).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example',
    AWS_PROFILE: 'ours',
    AWS_REGION: 'eu-north-1',
    AWS_ENDPOINT_URL: 'http://localhost:5000',
  });
});
