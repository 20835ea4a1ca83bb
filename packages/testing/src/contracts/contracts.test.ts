import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The suites call `it` themselves, so what they find out about broken components shows only in a run of its own.
const repository = join(import.meta.dirname, '../../../..');

const COMPONENTS = `
import { encodingContract, exporterContract, processorContract, receiverContract, sampleRequest } from '@serverless-otlp/testing/contracts';
import { mergeRequests, requestFromJson, requestToJson } from '@serverless-otlp/otlp';

const processor = (process) => () => ({ name: 'p', process });
const keeps = { keepsItems: true };
processorContract('good', processor((t) => t), keeps);
processorContract('edits its input', processor((t) => { t.forEach((p) => p.request.bytes.fill(0)); return t; }), keeps);
let n = 0;
processorContract('is random', processor((t) => (n++ % 2 ? t : [...t].reverse())), keeps);
processorContract('drops', processor((t) => t.slice(1)), keeps);
processorContract('forgets records', processor((t) => t.map((p) => ({ ...p, records: new Set() }))), keeps);
processorContract('invents records', processor((t) => t.map((p) => ({ ...p, records: new Set([...p.records, 'x']) }))), keeps);
processorContract('mixes tenants', processor((t) => t.length < 10 ? t : [{ ...t[0], request: mergeRequests([t[0].request, t[9].request]), records: new Set([...t[0].records, ...t[9].records]) }]));
processorContract('breaks bytes', processor((t) => t.map((p) => ({ ...p, request: { ...p.request, items: 1, message: {}, bytes: Uint8Array.of(255) } }))));
processorContract('wants input', processor((t) => [t[0]]));

const delivered = (destination, telemetry) => ({ destination, telemetry, outcome: { status: 'delivered' } });
const exporter = (run) => () => ({ exporter: { name: 'e', export: async (t, deadline) => run(t, deadline) } });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const short = { timeoutMs: 100 };
exporterContract('good', exporter((t) => [delivered('d', t)]), { ...short, expects: 'delivered' });
exporterContract('throws', exporter(() => { throw new Error('x'); }), short);
exporterContract('delivers nothing', exporter(() => []), short);
exporterContract('loses half', exporter((t) => [delivered('d', { ...t, request: sampleRequest(t.request.signal, 'x', 1) })]), short);
exporterContract('loses metadata', exporter((t) => [delivered('d', { ...t, metadata: {} })]), short);
exporterContract('ignores its deadline', exporter(async (t) => { if (t.request.signal === 'traces') await sleep(1150); return [delivered('d', t)]; }), short);
let last;
exporterContract('shares state', exporter(async (t) => { last = t; await sleep(1); return [delivered('d', last)]; }), short);
exporterContract('has another outcome', exporter((t) => [delivered('d', t)]), { ...short, expects: 'retryable' });
exporterContract('fails without an error', exporter((t) => [{ ...delivered('d', t), outcome: { status: 'retryable' } }]), short);

const record = (data) => ({ id: 'r', data, attributes: {} });
const line = requestToJson(sampleRequest('traces', 'x', 2));
const fault = (message, data) => [{ fault: { reason: 'json', message, source: {}, sha256: '0'.repeat(64), bytes: data.length } }];
const read = (data, onError) => { try { return [{ request: requestFromJson(JSON.parse(String(data))) }]; } catch { return onError(); } };
const encoding = (decode) => () => ({ name: 'e', decode: ({ data }, budget) => (data === '' ? undefined : decode(data, budget)) });
const examples = { examples: [record(line)] };
encodingContract('good', encoding((d) => read(d, () => fault('broken', d))), examples);
encodingContract('throws', encoding((d) => [{ request: requestFromJson(JSON.parse(String(d))) }]), examples);
encodingContract('leaks', encoding((d) => read(d, () => fault('cannot read ' + String(d), d))), examples);
encodingContract('reads nothing', encoding(() => undefined), examples);
encodingContract('miscounts', encoding((d) => read(d, () => fault('broken', d)).map((p) => p.request ? { request: { ...p.request, items: 9 } } : p)), examples);
encodingContract('overspends', encoding((d, b) => { b.spend(b.allow(50) + 1); return read(d, () => fault('broken', d)); }), examples);
encodingContract('takes what is foreign', encoding(() => [{ request: sampleRequest('logs', 'x', 1) }]), { ...examples, foreign: [record('hello')] });

const receiver = (over) => () => ({
  name: 'r',
  accepts: (event) => Array.isArray(event?.mine),
  receive: ({ mine }) => mine.map((id) => ({ id, data: '', attributes: {} })),
  respond: (outcomes) => ({ failures: [...outcomes].filter(([, o]) => o.status === 'retryable').map(([id]) => id) }),
  ...over,
});
const own = { events: () => [{ mine: ['a', 'b'] }] };
receiverContract('good', receiver({}), own);
receiverContract('fails as a whole', receiver({ respond: (outcomes) => { if ([...outcomes.values()].some((o) => o.status === 'retryable')) throw new Error('again'); } }), own);
receiverContract('accepts anything', receiver({ accepts: () => true }), own);
receiverContract('throws on null', receiver({ accepts: (event) => Array.isArray(event.mine) }), own);
receiverContract('gives one id twice', receiver({ receive: () => [{ id: 'a' }, { id: 'a' }] }), own);
receiverContract('makes up ids', receiver({ receive: () => [{ id: 'id' + Math.random() }] }), own);
receiverContract('never asks again', receiver({ respond: () => ({}) }), own);
receiverContract('asks for rejected ones', receiver({ respond: (outcomes) => { if ([...outcomes.values()].some((o) => o.status !== 'delivered')) throw new Error('again'); } }), own);
receiverContract('fails always', receiver({ respond: () => { throw new Error('x'); } }), own);
`;

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'otlp-contracts-'));
const failed = new Map<string, string[]>();
let passed = 0;

beforeAll(() => {
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'components.test.js'), COMPONENTS);
  const conditions = `['@serverless-otlp/source', 'module', 'node', 'development|production']`;
  const config = `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } } };`;
  writeFileSync(join(folder, 'vitest.config.mjs'), config);
  const report = join(folder, 'report.json');
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--reporter=json', `--outputFile=${report}`];
  spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 50_000 });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport;
  for (const { ancestorTitles, title, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const group = ancestorTitles.join(' ');
    if (status === 'passed') passed += 1;
    else failed.set(group, [...(failed.get(group) ?? []), title]);
  }
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the contract suites', () => {
  it('pass components that keep the contract', () => {
    expect(passed).toBeGreaterThan(100);
    expect([...failed.keys()].filter((group) => /^(good|fails as a whole) /.test(group))).toEqual([]);
  });

  it.each([
    ['processor', 'edits its input', /leaves its input/],
    ['processor', 'is random', /same output/],
    ['processor', 'drops', /every item/],
    ['processor', 'forgets records', /knows the records/],
    ['processor', 'invents records', /invents none/],
    ['processor', 'mixes tenants', /never mixes/],
    ['processor', 'breaks bytes', /valid requests/],
    ['processor', 'wants input', /nothing out of nothing/],
    ['exporter', 'throws', /accounts for/],
    ['exporter', 'delivers nothing', /accounts for/],
    ['exporter', 'loses half', /accounts for/],
    ['exporter', 'loses metadata', /accounts for/],
    ['exporter', 'ignores its deadline', /gives up at once/],
    ['exporter', 'ignores its deadline', /back by its deadline/],
    ['exporter', 'shares state', /keeps exports/],
    ['exporter', 'has another outcome', /accounts for/],
    ['exporter', 'fails without an error', /accounts for/],
    ['encoding', 'throws', /never throws, whatever/],
    ['encoding', 'leaks', /repeats nothing/],
    ['encoding', 'reads nothing', /reads its examples/],
    ['encoding', 'miscounts', /reads its examples/],
    ['encoding', 'overspends', /budget/],
    ['encoding', 'takes what is foreign', /not its own/],
    ['receiver', 'accepts anything', /no event at all/],
    ['receiver', 'accepts anything', /another source/],
    ['receiver', 'throws on null', /without throwing/],
    ['receiver', 'gives one id twice', /id of its own/],
    ['receiver', 'makes up ids', /the same each time/],
    ['receiver', 'never asks again', /retryable/],
    ['receiver', 'asks for rejected ones', /acknowledges/],
    ['receiver', 'fails always', /acknowledges/],
  ])('catch a %s that %s', (kind, component, check) => {
    const found = failed.get(`${component} keeps the ${kind} contract`) ?? [];
    expect(found.filter((title) => check.test(title))).not.toEqual([]);
  });
});
