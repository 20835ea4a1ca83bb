import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from './program.ts';

const output: string[] = [];
const capture = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      output.push(String(text));
      return true;
    });
  }
};

afterEach(() => {
  vi.restoreAllMocks();
  output.length = 0;
});

const runWith = async (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> => {
  capture();
  const code = await run(args);
  vi.restoreAllMocks();
  return { code, text: output.join('') };
};

describe('run', () => {
  it.each([
    ...['forward', 'decode', 'dev', 'backfill', 'redrive', 'doctor', 'cost'],
    ...['redrive list', 'redrive show', 'redrive run', 'redrive discard'],
  ])('explains %s with examples', async (command) => {
    const { code, text } = await runWith(...command.split(' '), '--help');
    expect(code).toBe(0);
    expect(text).toContain('Examples:');
  });

  it('tells its version', async () => {
    expect(await runWith('--version')).toEqual({ code: 0, text: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
  });

  it.each([
    [['fowrard'], 'Did you mean forward'],
    [['forward', '--endpiont', 'x'], 'Did you mean --endpoint'],
    [['forward', '--protocol', 'grpc'], 'http/protobuf'],
    [['forward', '--event', '--passthrough'], 'cannot be used with'],
    [['dev', '--port', '99999'], '0 to 65535'],
    [['decode', 'no-such-file'], 'cannot read "no-such-file"'],
    [['decode', '.'], 'it is a directory'],
    [['backfill', '--log-group', 'x'], "required option '--since"],
    [['backfill', '--since', '2h'], "required option '--log-group"],
    [['backfill', '--log-group', 'x', '--since', '2h', '--until', '3h'], 'must be before --until'],
    [['backfill', '--log-group', 'x', '--since', '2h', '--config', 'no-such-file'], 'there is no such file'],
    [['redrive'], 'Usage'],
    [['redrive', 'lst'], 'Did you mean list'],
    [['redrive', 'list'], 'Name the store with --store'],
    [['redrive', 'list', '--store', 'no-such-folder'], 'is no folder'],
    [['redrive', 'list', '--store', 'https://bucket'], 'must be s3://bucket/prefix'],
    [['redrive', 'list', '--store', '.', '--limit', '0'], 'a number from 1'],
    [['redrive', 'list', '--store', '.', '--state', 'lost'], 'Allowed choices are pending, quarantine, expired'],
    [['redrive', 'list', '--config', 'no-such-file'], 'there is no such file'],
    [['redrive', 'show', '--store', 'packages'], "missing required argument 'key'"],
    [['redrive', 'show', '--store', 'packages', 'xyz'], 'neither a key nor'],
    [['redrive', 'run', '--store', 'packages'], 'needs the configuration of the forwarder'],
    [['redrive', 'run', '--store', 'packages', '--since', '1h', '--until', '2h'], 'must be before --until'],
    [['redrive', 'discard', '--store', 'packages', '--yes'], 'Say what to discard'],
    [['redrive', 'discard', '--store', 'packages', '--yes', '--all', 'abcd'], 'either keys or filters'],
    [['redrive', 'discard', '--store', 'packages', '--all'], 'add --yes'],
    [[], 'Usage'],
  ])('refuses %j with the remedy and exit code 2', async (args, remedy) => {
    const { code, text } = await runWith(...args);
    expect(code).toBe(2);
    expect(text).toContain(remedy);
  });

  it.each([
    [['forward', '--headers=x-api-key=canary'], "unknown option '--headers'"],
    [['forward', "--api-key=canary's", 'x'], "unknown option '--api-key'"],
    [['forward', '--protocol', 'canary'], 'argument is invalid. Allowed choices are http/protobuf, http/json'],
    [['backfill', '--log-group', 'x', '--since', '2h', '--header=canary'], "unknown option '--header'"],
  ])('D27: refuses %j without repeating a value', async (args, refusal) => {
    const { code, text } = await runWith(...args);
    expect(code).toBe(2);
    expect(text).toContain(refusal);
    expect(text).not.toContain('canary');
  });
});
