import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

const programs = join(import.meta.dirname, 'programs');
const LONG = 60_000;

describe('providers of the user', () => {
  it(
    'are used and flushed for every signal, never shut down; what their flushing does is not the handler’s',
    async () => {
      const { code, err, printed, spans } = await runProgram([join(programs, 'users-providers.ts')]);
      const always = ['counted', 'said', 'span mine', 'metrics flushed', 'logs flushed'];
      expect(printed).toEqual([
        { way: 'flushes late', result: 'result', happened: [...always, 'traces flushed'] },
        { way: 'throws', result: 'result', happened: always },
        { way: 'rejects', result: 'result', happened: always },
        { way: 'gives no promise', result: 'result', happened: always },
        { way: 'never ends', result: 'result', happened: always },
      ]);
      expect([code, spans]).toEqual([0, []]);
      for (const what of ['a flush failed: thrown', 'an error that cannot be read', 'a flush was given up after'])
        expect(err).toContain(what);
    },
    LONG,
  );

  it(
    'are refused by the API once a handler was traced, and nothing breaks',
    async () => {
      const { code, printed, spans } = await runProgram([join(programs, 'late-provider.ts')]);
      expect([code, printed]).toEqual([0, [{ result: 'result', taken: false, ended: [] }]]);
      expect(spans.map(({ name }) => name)).toEqual(['late']);
    },
    LONG,
  );
});

describe('what is not supported, as the guide says', () => {
  it(
    'a tracer of another copy of the API that was asked for before',
    async () => {
      const { code, spans } = await runProgram([join(programs, 'two-apis.ts')]);
      expect([code, spans.map(({ name }) => name)]).toEqual([0, ['asked for after', 'two']]);
    },
    LONG,
  );
});

describe('limits and samplers', () => {
  it(
    'of the standard variables reach every span',
    async () => {
      const env = { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' };
      const { code, spans } = await runProgram([join(programs, 'volume.ts')], env);
      expect([code, spans.length]).toEqual([0, 3001]);
      const inside = spans.find(({ name }) => name === '0');
      const root = spans.find(({ name }) => name === 'many');
      expect([inside?.attributes, Object.keys(root?.attributes ?? {}).length]).toEqual([{ text: 'x'.repeat(10) }, 3]);
      const none = await runProgram([join(programs, 'volume.ts')], { OTEL_TRACES_SAMPLER: 'always_off' });
      expect([none.code, none.spans]).toEqual([0, []]);
    },
    LONG,
  );
});

describe('ten thousand invocations', () => {
  it(
    'leave no listener, no timer and no context behind',
    async () => {
      const program = join(programs, 'many.ts');
      const { code, err, printed } = await runProgram(['--expose-gc', program], { COUNT: '10000' });
      expect([code, err]).toEqual([0, '']);
      const [{ after, before, ...rest }] = printed as [Record<string, unknown>];
      expect(rest).toEqual({ handled: 10_000, seen: 10_000, held: 0 });
      expect(after).toEqual(before);
    },
    LONG,
  );
});

/** Runs a program whose standard output goes to this command of the shell's; what it told on standard error. */
const piped = (reader: string, env: Readonly<Record<string, string>>): Promise<string> => {
  const program = join(programs, 'broken-stdout.ts');
  const child = spawn('sh', ['-c', `"$NODE" --conditions=@serverless-otlp/source "$PROGRAM" | ${reader}`], {
    env: { ...process.env, NODE_OPTIONS: '', NODE: process.execPath, PROGRAM: program, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(err)));
};

describe('standard output', () => {
  it.each([
    ['has no reader', 'true', {}],
    ['is closed', 'cat', { CLOSE: 'descriptor' }],
    ['is destroyed', 'cat', { CLOSE: 'stream' }],
    ['has a reader that does not read', 'sleep 1', { OTLP_STDOUT_EXPORTER_MAX_WAIT_MS: '1' }],
  ] as const)(
    'that %s changes nothing for the handler',
    async (_title, reader, env) => {
      expect(await piped(reader, env)).toContain('ended [0,1,2,"mine",4]\n');
    },
    LONG,
  );
});
