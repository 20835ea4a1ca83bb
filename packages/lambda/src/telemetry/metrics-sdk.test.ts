import * as sdk from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';

it('the SDK of metrics knows no exemplars; docs/guides/instrumentation-limits.md says so', () => {
  expect(Object.keys(sdk).filter((name) => /exemplar/i.test(name))).toEqual([]);
});
