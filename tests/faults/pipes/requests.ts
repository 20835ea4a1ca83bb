import { createHash } from 'node:crypto';
import { requestFromJson } from '@serverless-otlp/otlp';

const LARGE_EVERY = 7;

const requestOf = (attributes: readonly object[]): Uint8Array =>
  requestFromJson({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              { name: 'GET /', traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', attributes },
            ],
          },
        ],
      },
    ],
  }).bytes;

/** Hexadecimal digits of hashes: gzip halves them and no more. */
const noise = (bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 64) }, (_, index) =>
    createHash('sha256').update(String(index)).digest('hex'),
  ).join('');

/** The request that belongs to a number: always the same, so that a reader knows it. */
export const requestsOf = (largeBytes: number): ((number: number) => Uint8Array) => {
  const small = requestOf([]);
  const large = requestOf([{ key: 'noise', value: { stringValue: noise(largeBytes) } }]);
  return (number) => (largeBytes > 0 && number % LARGE_EVERY === 0 ? large : small);
};
