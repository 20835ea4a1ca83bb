import { expect, it } from 'vitest';
import { contentKindOf } from './content-kind.ts';

it('knows the two content types by their media type alone', () => {
  expect(contentKindOf('Application/X-Protobuf')).toBe('protobuf');
  expect(contentKindOf('application/json;charset=utf-8')).toBe('json');
  expect(contentKindOf('application/protobuf')).toBeUndefined();
});
