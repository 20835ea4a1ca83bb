import { expect, it } from 'vitest';
import { parseReference, referencesIn } from './reference.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:otlp/key-AbCdEf';

it.each([
  ['${secretsmanager:otlp/key}', { scheme: 'secretsmanager', name: 'otlp/key' }],
  ['${secretsmanager:otlp/key#api-key}', { scheme: 'secretsmanager', name: 'otlp/key', key: 'api-key' }],
  [`\${secretsmanager:${ARN}#a b}`, { scheme: 'secretsmanager', name: ARN, key: 'a b' }],
  ['${ssm:/otlp/key}', { scheme: 'ssm', name: '/otlp/key' }],
])('%s is a reference', (text, reference) => {
  expect(parseReference(text)).toEqual(reference);
});

it.each([
  '${secretsmanager:}',
  '${ssm:#key}',
  '${ssm:/a b}',
  '${ssm:/a#}',
  '${ssm:/a#b#c}',
  '${ssm:/a\n}',
  '${ssm:/a',
  'ssm:/a',
  '${env:A}',
  '${SSM:/a}',
  `\${ssm:${'a'.repeat(2049)}}`,
])('%j is none', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

it('finds each once, wherever it is, and nothing behind a dollar sign that stands for itself', () => {
  const found = referencesIn({
    a: 'x ${ssm:/one} ${ssm:/one#k} $${ssm:/no}',
    b: [{ c: '${secretsmanager:two}${ssm:/one}' }, 7, null],
    d: '$$${ssm:/three}',
  });
  expect(found).toEqual([
    { scheme: 'ssm', name: '/one' },
    { scheme: 'ssm', name: '/one', key: 'k' },
    { scheme: 'secretsmanager', name: 'two' },
    { scheme: 'ssm', name: '/three' },
  ]);
});

it('does not exhaust the stack on what is nested without end', () => {
  let nested: unknown = '${ssm:/deep}';
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
  expect(referencesIn(nested)).toEqual([]);
});
