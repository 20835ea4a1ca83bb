import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GUIDE, rowsUnder, tables } from './table.ts';

const folder = new URL('.', import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && name !== 'guide.test.ts')
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

describe('the migration guide', () => {
  it('every table has its tests', () => {
    const tested = sources.flatMap((source) =>
      [...source.matchAll(/^migrationTable\('([^']+)'/gm)].map(([, name]) => name),
    );
    expect(tables()).toEqual([
      'Secrets',
      'Variables',
      'Template parameters',
      'Filter patterns',
      'Libraries',
      'Behaviour',
    ]);
    expect(tested.sort()).toEqual([...tables()].sort());
  });

  it('no two rows of a table are the same, and none is empty', () => {
    for (const heading of tables()) {
      const rows = rowsUnder(heading);
      expect(rows.every((row) => row !== '')).toBe(true);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });

  it('its policy names the permissions that are asked for, and no secret beyond the prefix', () => {
    const [, json = ''] = /```json\n([^]*?)```/.exec(GUIDE) ?? [];
    const { Statement: statements } = JSON.parse(json) as { Statement: readonly Readonly<Record<string, unknown>>[] };
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'],
      'secretsmanager:GetSecretValue',
    ]);
    expect(statements[1]?.['Resource']).toMatch(/:secret:serverless-otlp-forwarder\/keys\/\*$/);
  });
});
