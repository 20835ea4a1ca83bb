import { createHash } from 'node:crypto';
import { InvalidOtlpError } from '@serverless-otlp/otlp';
import { expect, it } from 'vitest';
import { faultOf } from './fault.ts';

const record = { id: 'event-1', data: 'canary-14 é', attributes: { log_group: 'g', log_stream: 's' } };

it('D16: tells reason, source, hash and length', () => {
  const { fault } = faultOf(record, new InvalidOtlpError('gzip', 'not valid gzip'));
  expect(fault).toEqual({
    reason: 'gzip',
    message: 'not valid gzip',
    source: { log_group: 'g', log_stream: 's', id: 'event-1' },
    sha256: createHash('sha256').update('canary-14 é').digest('hex'),
    bytes: 12,
  });
});

it('D16: hashes and measures bytes like the text they are', () => {
  const ofText = faultOf(record, new Error('x'));
  const ofBytes = faultOf({ ...record, data: Buffer.from(record.data) }, new Error('x'));
  expect(ofBytes.fault).toEqual(ofText.fault);
});

it('D16: hands the line itself and its time on beside the fault, never in it', () => {
  const { fault, ...beside } = faultOf({ ...record, timeMs: 7 }, new Error('x'));
  expect(beside).toEqual({ content: record.data, timeMs: 7 });
  expect(faultOf(record, new Error('x'))).not.toHaveProperty('timeMs');
  expect(JSON.stringify(fault)).not.toContain('canary');
});

it('D16: hashes a huge line as the bytes it has, pairs and all', () => {
  for (const shift of [0, 1, 2, 3]) {
    const data = 'x'.repeat(shift) + '😀é'.repeat(1_000_000);
    const { fault } = faultOf({ ...record, data }, new Error('x'));
    expect(fault.sha256).toBe(createHash('sha256').update(Buffer.from(data)).digest('hex'));
  }
});

it.each([new Error('canary-14'), new TypeError('canary-14'), 'canary-14', undefined, { message: 'canary-14' }])(
  'D16: keeps back the message of %s, which is a bug of ours',
  (error) => {
    const { fault } = faultOf(record, error);
    expect(fault.reason).toBe('encoding_bug');
    expect(JSON.stringify(fault)).not.toContain('canary');
  },
);

it('takes a better reason when it is given one', () => {
  expect(faultOf(record, new InvalidOtlpError('too_large', 'm'), 'budget').fault.reason).toBe('budget');
});
