import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOfFile } from './file.ts';

const guide = readFileSync(new URL('../../../../docs/guides/authentication.md', import.meta.url), 'utf8');
const blocks = Array.from(guide.matchAll(/^```yaml\n(.*?)^```$/gms), ([, yaml = '']) => yaml);

const folder = mkdtempSync(join(tmpdir(), 'otlp-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PIPELINES = '\nservice: { pipelines: { traces: { exporters: [EXPORTER] } } }\n';

describe('the guide to authentication', () => {
  it('has examples', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
  });

  it.each(blocks.map((yaml) => [yaml]))('prints a configuration that is one: %s', async (yaml) => {
    const path = join(folder, 'forwarder.yaml');
    const [, first = ''] = /^ {2}(otlp_http\S*):$/m.exec(yaml) ?? [];
    // What a secret holds matters to nobody here; a number would not do for a text.
    const text = yaml.replaceAll(/\$\{(?:secretsmanager|ssm):[^}]+\}/g, '${env:VENDOR_KEY}');
    writeFileSync(path, text + PIPELINES.replace('EXPORTER', first));
    const { exporters, broken = {} } = await configOfFile(path, { VENDOR_KEY: 'canary' });
    expect(Object.keys(exporters)).toContain(first);
    // The certificates of the examples are not there.
    expect(Object.values(broken).filter((reason) => !reason.startsWith('tls.'))).toEqual([]);
  });
});
