import { expect, it } from 'vitest';
import type { ConfigProblem } from './config-error.ts';
import { expand } from './expand.ts';
import type { Reference } from './values/reference.ts';
import type { Found } from './values/source.ts';

const ENV = { A: 'one', B: '${env:A}', EMPTY: '', MULTI: 'x\ny' };
const SECRETS: Readonly<Record<string, Found>> = {
  'secretsmanager:otlp/key': { value: '${env:A} s3cret' },
  'ssm:/otlp/gone': { problem: 'does not exist: create it', permanent: true },
  'ssm:/otlp/slow': { problem: 'cannot be read: timed out', permanent: false },
};
const values = {
  get: ({ scheme, name }: Reference): Found => SECRETS[`${scheme}:${name}`] ?? { problem: 'unknown', permanent: true },
};
const expanded = (value: unknown): { value: unknown; problems: readonly ConfigProblem[] } => {
  const problems: ConfigProblem[] = [];
  return { value: expand(value, { env: ENV, values }, problems), problems };
};

it.each([
  ['plain', 'plain'],
  ['${env:A}', 'one'],
  ['<${env:A}-${env:A}>', '<one-one>'],
  ['${env:X:-default}', 'default'],
  ['${env:X:-}', ''],
  ['${env:X:-a:-b}', 'a:-b'],
  ['${env:X:-two\nlines}', 'two\nlines'],
  ['${env:A:-default}', 'one'],
  ['$$', '$'],
  ['$${env:A}', '${env:A}'],
  ['$$$${env:A}', '$${env:A}'],
  ['$$${env:A}', '$one'],
  ['5$ and $A', '5$ and $A'],
  ['${env:MULTI}', 'x\ny'],
])('%j becomes %j', (text, result) => {
  expect(expanded(text)).toEqual({ value: result, problems: [] });
});

it('V1: an empty variable takes the default, or is missing', () => {
  expect(expanded('${env:EMPTY:-d}').value).toBe('d');
  expect(expanded('${env:EMPTY}').problems).toEqual([{ path: '', message: 'the variable EMPTY is not set' }]);
});

it('does not expand what a variable holds', () => {
  expect(expanded('${env:B}').value).toBe('${env:A}');
});

it.each(['${A}', '${env:}', '${env:1A}', '${file:/x}', '${env:A', '${', '${env:X:-${env:A}}', '${env:A-b}'])(
  'refuses %j with the remedy',
  (text) => {
    expect(expanded({ a: [text] }).problems[0]).toEqual({
      path: 'a.0',
      message: expect.stringMatching(
        /^a reference must look like \$\{env:NAME\}, .*; \$\$ is a dollar sign$/,
      ) as string,
    });
  },
);

it('walks lists and mappings, and leaves keys and other values alone', () => {
  const value = { '${env:A}': [1, true, null, '${env:A}', { b: '${env:A}' }] };
  expect(expanded(value)).toEqual({ value: { '${env:A}': [1, true, null, 'one', { b: 'one' }] }, problems: [] });
});

it('names every place where something is missing', () => {
  const { problems } = expanded({ a: '${env:X}', b: [{ c: '${env:Y} ${env:Z}' }] });
  expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'a: the variable X is not set',
    'b.0.c: the variable Y is not set',
    'b.0.c: the variable Z is not set',
  ]);
});

it.each(['__proto__', 'constructor', 'prototype'])('refuses the name %s', (name) => {
  const { value, problems } = expanded(JSON.parse(`{"a":{"${name}":{"polluted":true},"b":1}}`));
  expect(problems).toEqual([{ path: `a.${name}`, message: 'is not a setting; check its spelling' }]);
  expect(value).toEqual({ a: { b: 1 } });
  expect({}).not.toHaveProperty('polluted');
});

it('stops at a depth that no setting has', () => {
  const { problems } = expanded(JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)));
  expect(problems.map(({ message }) => message)).toEqual(['is nested too deep']);
});

it('secrets and parameters stand for their values, which are not expanded again', () => {
  expect(expanded('Bearer ${secretsmanager:otlp/key}')).toEqual({ value: 'Bearer ${env:A} s3cret', problems: [] });
  expect(expanded('$${secretsmanager:otlp/key}').value).toBe('${secretsmanager:otlp/key}');
});

it.each([
  ['${ssm:/otlp/gone}', 'ssm:/otlp/gone does not exist: create it', false],
  ['${ssm:/otlp/slow}', 'ssm:/otlp/slow cannot be read: timed out', true],
])('D4: %s tells why there is no value, and whether there may be one soon', (text, message, passing) => {
  expect(expanded({ a: text }).problems).toEqual([{ path: 'a', message, passing }]);
});
