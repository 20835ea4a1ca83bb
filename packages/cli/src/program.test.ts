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
  it.each(['forward', 'decode', 'dev'])('explains %s with examples', async (command) => {
    const { code, text } = await runWith(command, '--help');
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
    [[], 'Usage'],
  ])('refuses %j with the remedy and exit code 2', async (args, remedy) => {
    const { code, text } = await runWith(...args);
    expect(code).toBe(2);
    expect(text).toContain(remedy);
  });
});
