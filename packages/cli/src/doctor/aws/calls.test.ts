import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Action, permissionOf } from './calls.ts';

const guide = readFileSync(new URL('../../../../../docs/guides/doctor.md', import.meta.url), 'utf8');
const source = readFileSync(new URL('calls.ts', import.meta.url), 'utf8');

it('the guide lists the permissions of all calls, and nothing else', () => {
  const calls = [...source.matchAll(/^ {2}'(\w+:\w+)': Call</gm)].map(([, action]) => action as Action);
  expect(calls.length).toBeGreaterThan(20);
  const [policy = ''] = /\{\n {2}"Version": "2012-10-17"[\s\S]*?\n\}/.exec(guide) ?? [];
  const { Statement } = JSON.parse(policy) as { readonly Statement: readonly [{ readonly Action: readonly string[] }] };
  // Everybody may ask who he is; and the canary is told of apart.
  const apart = ['sts:GetCallerIdentity', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  const needed = new Set(calls.map(permissionOf).filter((permission) => !apart.includes(permission)));
  expect(Statement[0].Action).toEqual([...needed].sort());
  for (const permission of apart.slice(1)) expect(guide).toContain(`\`${permission}\``);
});
