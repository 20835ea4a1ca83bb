import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './source-tree.ts';

describe('generate-trigger-docs', () => {
  it('has written docs/reference/triggers.md as it would now', () => {
    const args = ['--conditions=@serverless-otlp/source', 'scripts/generate-trigger-docs.ts', '--check'];
    const run = spawnSync(process.execPath, args, { cwd: repositoryRoot, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });
});
