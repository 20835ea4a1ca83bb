import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Destination, OtlpForwarder, REASONS } from '@serverless-otlp/cdk';
import { loadConfig } from '@serverless-otlp/forwarder/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';

vi.stubEnv('CDK_VALIDATION', 'false');

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'otlp-cdk-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Every setting of a destination that the types of the construct have, as far as they go together. */
const EVERYTHING: Destination = {
  endpoint: 'https://collector.example:4318',
  traces_endpoint: 'https://traces.example/v1/traces',
  metrics_endpoint: 'https://metrics.example/v1/metrics',
  logs_endpoint: 'https://logs.example/v1/logs',
  encoding: 'json',
  compression: 'none',
  compression_level: 9,
  headers: { 'x-tenant': 'one' },
  timeout_ms: 1000,
  concurrency: 2,
  preset: 'otel_collector',
  max_request_bytes: 1000,
  max_request_items: 10,
  max_response_bytes: 1000,
  retry: { enabled: true, initial_interval_ms: 1, max_interval_ms: 2, max_elapsed_ms: 3 },
  breaker: { enabled: true, failures: 1, interval_ms: 1 },
  auth: { basic: { username: 'user', password: 'secret' } },
  match: { include: { log_group: ['a'], log_stream: ['b'], owner: ['c'] }, exclude: { owner: ['d'] } },
  dead_letter: false,
  max_age_hours: 1,
};

describe('the configuration that the construct writes', () => {
  it('is one that the forwarder takes, with every setting its types have', async () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
    new OtlpForwarder(stack, 'Telemetry', {
      code: Code.fromInline('code'),
      destinations: { all: EVERYTHING, few: { endpoint: 'http://localhost:4318', signals: ['logs'] } },
      processors: {
        batch: { max_bytes: 1, max_items: 1 },
        filter: { include: { log_group: ['a'] } },
        attributes: { actions: [{ action: 'insert', key: 'a', value: 'b', on: 'item' }] },
      },
      keepHeaders: ['x-tenant'],
      service: { reserve_ms: 1, grace_ms: 1, reload_ms: 1000, metrics: { enabled: true, namespace: 'Mine' } },
    });
    const [parameter] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Parameter'));
    const file = join(folder, 'forwarder.json');
    writeFileSync(file, (parameter?.['Properties'] as { readonly Value: string }).Value);
    const warnings: string[] = [];
    const config = await loadConfig({ env: {}, configFile: file, onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([]);
    expect(config.broken ?? {}).toEqual({});
    expect(config.exporters['otlp_http/all']).toMatchObject({ ...EVERYTHING, auth: expect.anything() as unknown });
    expect(config.service.pipelines.logs).toEqual({
      processors: ['batch', 'filter', 'attributes'],
      exporters: ['otlp_http/all', 'otlp_http/few'],
    });
  });
});

describe('the package', () => {
  it('can be required: many apps of the CDK are CommonJS', () => {
    const app = `const { App, Stack } = require('aws-cdk-lib');
      const { OtlpForwarder } = require('@serverless-otlp/cdk');
      const { Code } = require('aws-cdk-lib/aws-lambda');
      const stack = new Stack(new App(), 'Stack');
      new OtlpForwarder(stack, 'Telemetry', { code: Code.fromInline('code'), endpoint: 'https://collector.example' });
      console.log(stack.node.findAll().length > 20);`;
    const args = ['--conditions=@serverless-otlp/source', '--input-type=commonjs', '--eval', app];
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect([run.stderr, run.stdout]).toEqual(['', 'true\n']);
  });
});

interface Parsed {
  readonly Parameters: Readonly<Record<string, { readonly Description?: string; readonly Type: string }>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Condition?: string }>>;
}

describe('deploy/template.yaml', () => {
  const template = parse(read('deploy/template.yaml')) as Parsed;

  it('is what its generator would write now, and so are the types of the settings', () => {
    const args = ['--conditions=@serverless-otlp/source', 'scripts/generate-template.ts', '--check'];
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect(`${run.stderr}${run.stdout}`).toBe('');
    expect(run.status).toBe(0);
  }, 60_000);

  it('describes every parameter, and has a constraint for each that is not free text', () => {
    for (const [name, parameter] of Object.entries(template.Parameters)) {
      expect(parameter.Description, name).toMatch(/\.$/);
      const constraints = ['AllowedPattern', 'AllowedValues', 'MinValue'].filter((key) => key in parameter);
      expect([name, constraints.length]).toEqual([name, name === 'Headers' ? 0 : 1]);
    }
  });

  it('names no account, and only those services that are in the path of telemetry', () => {
    const text = read('deploy/template.yaml');
    expect(text).not.toMatch(/\b\d{12}\b/);
    expect([...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Events::Rule',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::AccountPolicy',
      'AWS::Logs::LogGroup',
      'AWS::Logs::SubscriptionFilter',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
    ]);
  });

  it('grants what only some need under a condition: nothing else has the resource *', () => {
    const lines = read('deploy/template.yaml').split('\n');
    const open = lines.flatMap((line, index) => (/^\s+Resource: '\*'$/.test(line) ? [index] : []));
    const sids = open.map((index) => /Sid: (\w+)/.exec(lines.slice(index, index + 3).join('\n'))?.[1]);
    expect([...new Set(sids)].sort()).toEqual(['ListSecrets', 'NetworkInterfaces', 'NetworkInterfacesByLambdaAlone']);
  });
});

describe('docs', () => {
  it('security.md has every statement, with its reason, and no other', () => {
    const rows = [...read('docs/security.md').matchAll(/^\| `(\w+)` +\| ([^|]*)\| ([^|]*)\| ([^|]*)\|$/gm)];
    const written = rows.map(([, sid, holder, when, why]) => [sid, holder?.trim(), when?.trim(), why?.trim()]);
    const known = Object.entries(REASONS).map(([sid, { holder, when, why }]) => [sid, holder, when, why]);
    expect(written).toEqual(known);
  });

  it('the guide has every parameter of the template, and no other', () => {
    const guide = read('docs/guides/deploy.md');
    const { Parameters } = parse(read('deploy/template.yaml')) as Parsed;
    const section = guide.slice(guide.indexOf('### Parameters'), guide.indexOf('## See whether it works'));
    const rows = [...section.matchAll(/^\| `([A-Z]\w+)` +\|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(Parameters));
  });

  it('the guides name no property that the construct does not have', () => {
    const props = read('packages/cdk/src/props.ts');
    for (const page of ['docs/guides/deploy.md', 'docs/guides/multi-account.md', 'packages/cdk/README.md'])
      for (const [, block = ''] of read(page).matchAll(/new OtlpForwarder\([^{]*\{\n([^]*?)\n\}\);/g))
        for (const [, name] of block.matchAll(/^ {2}(\w+):/gm)) expect(props).toContain(`readonly ${name ?? ''}?:`);
  });
});
