import { destinationsOfSecrets } from './secrets-prefix.ts';

const secretOf = (fields: object): Uint8Array => Buffer.from(JSON.stringify(fields));

/** Secrets to start from. */
export const seeds: readonly Uint8Array[] = [
  secretOf({
    name: 'n',
    endpoint: 'https://collector.example/base',
    auth: 'x-api-key=abc',
    exclude: '^/aws/lambda/dev-',
  }),
  secretOf({ endpoint: 'https://xray.us-east-1.amazonaws.com', auth: 'sigv4', exclude: '(?i)(a|b)*[^\\d]{2,9}$' }),
  secretOf({ endpoint: 'http://localhost:4318', auth: null, exclude: null, disabled: 'false' }),
];

/** An arbitrary secret: a destination, or one that is told to be wrong; whatever it excludes can be asked. */
export const fuzz = (bytes: Uint8Array): void => {
  const value = Buffer.from(bytes).toString();
  const { exporters, broken, closed, matchers } = destinationsOfSecrets([{ name: 'k/a', found: { value } }], 'k', {});
  const ids = new Set([...Object.keys(exporters), ...Object.keys(broken), ...Object.keys(closed), ...matchers.keys()]);
  if ([...ids].some((id) => id !== 'otlp_http/a')) throw new Error('a destination that nobody named');
  for (const matches of matchers.values()) matches({ log_group: value.slice(0, 512), source: value });
};
