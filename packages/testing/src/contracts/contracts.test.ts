import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The suites call `it` themselves, so what they find out about broken components shows only in a run of its own.
const repository = join(import.meta.dirname, '../../../..');

const COMPONENTS = `
import { deliveryContract, encodingContract, exporterContract, judgedExporter, processorContract, receiverContract, sampleRequest, sendBy, storeContract } from '@serverless-otlp/testing/contracts';
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
const exporter = (run) => () => ({ exporter: { name: 'e', export: async (t, deadline, abort) => run(t, deadline, abort) } });
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
exporterContract('ignores its abort', exporter(async (t, deadline, abort) => { if (abort && !abort.aborted && deadline - Date.now() > 1500) await sleep(1150); return [delivered('d', t)]; }), short);
exporterContract('begins after its abort', exporter(async (t, _deadline, abort) => { if (abort?.aborted) await sleep(1150); return [delivered('d', t)]; }), short);
exporterContract('forgets what it gives up', exporter((t, _deadline, abort) => (abort?.aborted ? [] : [delivered('d', t)])), short);
exporterContract('keeps listening', exporter((t, _deadline, abort) => { abort?.addEventListener('abort', () => {}); return [delivered('d', t)]; }), short);

const again = (judged) => ({ name: 'a', export: async (t) => { const first = await judged.export(t); return first[0].outcome.status === 'retryable' ? judged.export(t) : first; } });
deliveryContract('good', (judge) => ({ send: sendBy(judgedExporter(judge)) }));
deliveryContract('good retried', (judge) => ({ send: sendBy(again(judgedExporter(judge))) }));
deliveryContract('sends twice', (judge) => ({ send: async (t) => { const sent = await sendBy(judgedExporter(judge))(t); await sendBy(judgedExporter(judge))(t); return sent; } }));
deliveryContract('sends nothing', () => ({ send: async () => ({ refused: [], owed: [] }) }));
deliveryContract('gives up', (judge) => ({ send: async (t) => { const { refused, owed } = await sendBy(judgedExporter(judge))(t); return { refused: [...refused, ...owed], owed: [] }; } }));
deliveryContract('forgets what is owed', (judge) => ({ send: async (t) => ({ ...await sendBy(judgedExporter(judge))(t), owed: [] }) }));
deliveryContract('forgets what is refused', (judge) => ({ send: async (t) => ({ ...await sendBy(judgedExporter(judge))(t), refused: [] }) }));

const record = (data) => ({ id: 'r', data, attributes: {} });
const line = requestToJson(sampleRequest('traces', 'x', 2));
const fault = (message, data) => [{ fault: { reason: 'json', message, source: {}, sha256: '0'.repeat(64), bytes: data.length }, content: data }];
const read = (data, onError) => { try { return [{ request: requestFromJson(JSON.parse(String(data))) }]; } catch { return onError(); } };
const encoding = (decode) => () => ({ name: 'e', decode: ({ data }, budget) => (data === '' ? undefined : decode(data, budget)) });
const examples = { examples: [record(line)] };
encodingContract('good', encoding((d) => read(d, () => fault('broken', d))), examples);
encodingContract('throws', encoding((d) => [{ request: requestFromJson(JSON.parse(String(d))) }]), examples);
encodingContract('leaks', encoding((d) => read(d, () => fault('cannot read ' + String(d), d))), examples);
encodingContract('keeps nothing', encoding((d) => read(d, () => fault('broken', d).map(({ fault }) => ({ fault })))), examples);
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

const text = (key) => Buffer.from(key);
const refuse = (is) => { if (!is) throw Object.assign(new Error('no key'), { permanent: true }); };
const isKey = (key) => Buffer.byteLength(key) < 1025 && key.isWellFormed() && !/[\\\\\\0-\\x1f\\x7f]|^$|^\\/|\\/$|\\/\\/|(^|\\/)\\.\\.?(\\/|$)/.test(key);
const isPrefix = (prefix) => isKey(prefix + 'x');
const memory = (over = () => ({})) => () => {
  const objects = new Map();
  const keys = () => [...objects.keys()].sort((a, b) => Buffer.compare(text(a), text(b)));
  const entry = (key) => ({ key, bytes: objects.get(key).body.length, modifiedMs: objects.get(key).modifiedMs });
  const store = {
    name: 'memory',
    put: async (key, body, abort) => { refuse(isKey(key)); abort?.throwIfAborted(); objects.set(key, { body: Buffer.from(body), modifiedMs: Date.now() }); },
    get: async (key, abort) => { refuse(isKey(key)); abort?.throwIfAborted(); const found = objects.get(key); return found && Buffer.from(found.body); },
    list: async function* (prefix) { refuse(isPrefix(prefix)); for (const key of keys()) if (key.startsWith(prefix) && objects.has(key)) yield entry(key); },
    folders: async (prefix) => {
      refuse(isPrefix(prefix) && /^$|\\/$/.test(prefix));
      const below = keys().filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split('/'));
      return [...new Set(below.filter((rest) => rest.length > 1).map(([first]) => first))].sort((a, b) => Buffer.compare(text(a), text(b)));
    },
    remove: async (gone) => { gone.forEach((key) => refuse(isKey(key))); gone.forEach((key) => objects.delete(key)); },
  };
  return { store: { ...store, ...over(store, objects, keys, entry) } };
};
const brokenStore = (title, over) => storeContract(title, memory(over));
const drain = async (list) => { const all = []; for await (const one of list) all.push(one); return all; };
storeContract('good', memory());
brokenStore('is nameless', () => ({ name: ' ' }));
brokenStore('forgets', () => ({ put: async () => {} }));
brokenStore('keeps the first', ({ put }, objects) => ({ put: async (key, body, abort) => objects.has(key) ? undefined : put(key, body, abort) }));
brokenStore('takes bytes for text', ({ put }) => ({ put: async (key, body, abort) => put(key, text(Buffer.from(body).toString()), abort) }));
brokenStore('forgets what is empty', ({ get }) => ({ get: async (key, abort) => { const body = await get(key, abort); return body?.length === 0 ? undefined : body; } }));
brokenStore('cuts at a megabyte', ({ put }) => ({ put: async (key, body, abort) => put(key, body.subarray(0, 1 << 20), abort) }));
brokenStore('keeps the whole buffer', ({ put }) => ({ put: async (key, body, abort) => put(key, Buffer.from(body.buffer), abort) }));
brokenStore('shares its bytes', ({ put }, objects) => ({ put: async (key, body, abort) => { await put(key, body, abort); objects.get(key).body = body; } }));
brokenStore('hands out its bytes', ({ get }, objects) => ({ get: async (key, abort) => (await get(key, abort)) && objects.get(key).body }));
brokenStore('miscounts bytes', ({ list }) => ({ list: async function* (prefix) { for await (const one of list(prefix)) yield { ...one, bytes: 1 }; } }));
brokenStore('tells seconds', ({ list }) => ({ list: async function* (prefix) { for await (const one of list(prefix)) yield { ...one, modifiedMs: Math.trunc(one.modifiedMs / 1000) }; } }));
brokenStore('decodes keys', ({ put, get }) => { const plain = (key) => { try { return decodeURIComponent(key); } catch { return key; } }; return { put: async (key, ...rest) => { refuse(isKey(key)); await put(plain(key), ...rest); } }; });
brokenStore('sorts by UTF-16', ({ list }) => ({ list: async function* (prefix) { yield* (await drain(list(prefix))).sort((a, b) => (a.key < b.key ? -1 : 1)); } }));
brokenStore('sorts by segments', ({ list }) => ({ list: async function* (prefix) { const by = ({ key }) => text(key.replaceAll('/', '\\0')); yield* (await drain(list(prefix))).sort((a, b) => Buffer.compare(by(a), by(b))); } }));
brokenStore('wants whole segments', ({ list }) => ({ list: async function* (prefix) { for await (const one of list(prefix)) if (prefix === '' || (one.key + '/').startsWith(prefix.replace(/\\/?$/, '/'))) yield one; } }));
brokenStore('lists one page', ({ list }) => ({ list: async function* (prefix) { let n = 0; for await (const one of list(prefix)) if (n++ < 40) yield one; } }));
brokenStore('trips over what is gone', (_, objects, keys, entry) => ({ list: async function* (prefix) { refuse(isPrefix(prefix)); const all = keys(); let at = 0; while (at < keys().length) { const key = keys()[at++]; if (key.startsWith(prefix)) yield entry(key); } } }));
brokenStore('names folders twice', ({ folders, list }) => ({ folders: async (prefix) => { await folders(prefix); return (await drain(list(prefix))).map(({ key }) => key.slice(prefix.length).split('/')).filter((rest) => rest.length > 1).map(([first]) => first); } }));
brokenStore('takes objects for folders', ({ folders, list }) => ({ folders: async (prefix) => { await folders(prefix); return [...new Set((await drain(list(prefix))).map(({ key }) => key.slice(prefix.length).split('/')[0]))]; } }));
brokenStore('remembers empty folders', ({ folders }) => { const all = new Map(); return { folders: async (prefix) => { const found = all.get(prefix) ?? new Set(); all.set(prefix, found); (await folders(prefix)).forEach((one) => found.add(one)); return [...found]; } }; });
brokenStore('removes by prefix', ({ remove }, objects) => ({ remove: async (gone) => { await remove(gone); for (const key of [...objects.keys()]) if (gone.some((one) => key.startsWith(one))) objects.delete(key); } }));
brokenStore('minds what is missing', ({ remove }, objects) => ({ remove: async (gone) => { if (gone.some((key) => !objects.has(key))) throw new Error('missing'); await remove(gone); } }));
brokenStore('removes before it looks', (_, objects) => ({ remove: async (gone) => gone.forEach((key) => { refuse(isKey(key)); objects.delete(key); }) }));
brokenStore('locks its keys', ({ put }) => { const locked = new Set(); return { put: async (key, body, abort) => { if (locked.has(key)) throw new Error('locked'); locked.add(key); await sleep(1); locked.delete(key); await put(key, body, abort); } }; });
brokenStore('writes in pieces', ({ put }, objects) => ({ put: async (key, body, abort) => { await put(key, body, abort); if (body.length < 50_000 || body.length > 60_000) return; objects.get(key).body = Buffer.alloc(0); for (const half of [body.subarray(0, 9), body.subarray(9)]) { objects.get(key).body = Buffer.concat([objects.get(key).body, half]); await sleep(1); } } }));
brokenStore('clears its folder', ({ remove }, objects) => ({ remove: async (gone) => { await sleep(1); await remove(gone); for (const key of [...objects.keys()]) if (gone.some((one) => one.startsWith('folder/old') && key.startsWith('folder/'))) objects.delete(key); } }));
brokenStore('takes any key', (_, objects) => ({ put: async (key, body) => void objects.set(key, { body: Buffer.from(body), modifiedMs: Date.now() }) }));
brokenStore('refuses only for now', ({ put }) => ({ put: async (...args) => { try { return await put(...args); } catch (error) { throw new Error(error.message); } } }));
brokenStore('takes any prefix', (_, objects, keys, entry) => ({ list: async function* (prefix) { for (const key of keys()) if (key.startsWith(prefix) && objects.has(key)) yield entry(key); } }));
brokenStore('never gives up', ({ put }) => ({ put: async (key, body) => put(key, body) }));
brokenStore('reads when it should not', ({ get }) => ({ get: async (key) => get(key) }));
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
  // A busy machine is no reason to fail.
  const args = [vitest, 'run', '--root', folder, '--testTimeout=30000', '--reporter=json', `--outputFile=${report}`];
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
    expect([...failed.keys()].filter((group) => /^(good|good retried|fails as a whole) /.test(group))).toEqual([]);
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
    ['exporter', 'ignores its deadline', /when the deadline has passed/],
    ['exporter', 'ignores its deadline', /back by its deadline/],
    ['exporter', 'shares state', /keeps exports/],
    ['exporter', 'has another outcome', /accounts for/],
    ['exporter', 'fails without an error', /accounts for/],
    ['exporter', 'ignores its abort', /soon after its abort/],
    ['exporter', 'begins after its abort', /when its abort has fired/],
    ['exporter', 'forgets what it gives up', /when its abort has fired/],
    ['exporter', 'keeps listening', /no listener/],
    ['exporter', 'keeps listening', /soon after its abort/],
    ['delivery', 'sends twice', /takes everything/],
    ['delivery', 'sends nothing', /takes everything/],
    ['delivery', 'gives up', /for now/],
    ['delivery', 'forgets what is owed', /for now/],
    ['delivery', 'forgets what is refused', /for good/],
    ['encoding', 'keeps nothing', /repeats nothing/],
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
    ['store', 'is nameless', /has a name/],
    ['store', 'forgets', /gives back/],
    ['store', 'keeps the first', /replaces/],
    ['store', 'takes bytes for text', /gives back/],
    ['store', 'forgets what is empty', /gives back/],
    ['store', 'cuts at a megabyte', /gives back/],
    ['store', 'keeps the whole buffer', /bytes of a view/],
    ['store', 'shares its bytes', /copy of its own/],
    ['store', 'hands out its bytes', /copy of its own/],
    ['store', 'miscounts bytes', /replaces/],
    ['store', 'tells seconds', /when an object was written/],
    ['store', 'decodes keys', /every key apart/],
    ['store', 'sorts by UTF-16', /order of their bytes/],
    ['store', 'sorts by segments', /order of their bytes/],
    ['store', 'wants whole segments', /wherever it ends/],
    ['store', 'lists one page', /page by page/],
    ['store', 'trips over what is gone', /lists on/],
    ['store', 'names folders twice', /each once/],
    ['store', 'takes objects for folders', /names the folders/],
    ['store', 'remembers empty folders', /names the folders/],
    ['store', 'removes by prefix', /nothing else/],
    ['store', 'minds what is missing', /what is gone/],
    ['store', 'removes before it looks', /does nothing then/],
    ['store', 'locks its keys', /side by side/],
    ['store', 'writes in pieces', /one of them whole/],
    ['store', 'clears its folder', /its neighbour/],
    ['store', 'takes any key', /refuses what is no key/],
    ['store', 'refuses only for now', /refuses what is no key/],
    ['store', 'takes any prefix', /refuses what is no key/],
    ['store', 'never gives up', /given up/],
    ['store', 'reads when it should not', /given up/],
  ])('catch a %s that %s', (kind, component, check) => {
    const found = failed.get(`${component} keeps the ${kind} contract`) ?? [];
    expect(found.filter((title) => check.test(title))).not.toEqual([]);
  });
});
