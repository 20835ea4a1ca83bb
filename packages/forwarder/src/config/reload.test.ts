import { describe, expect, it } from 'vitest';
import type { Forwarder } from '../forwarder.ts';
import { reloading } from './reload.ts';
import type { Config } from './settings.ts';

const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const configOf = (version: string): Config => ({ exporters: { version }, service: { pipelines: {} } });
const versionOf = ({ exporters }: Config): string => String(exporters['version']);

type Version = Config | Error | undefined | Promise<Config | undefined>;

/** A forwarder that answers with its version, on a clock of its own. */
const open = () => {
  let clock = 0;
  let next: Version;
  let readings = 0;
  const warnings: string[] = [];
  const forwarderOf =
    (version: string): Forwarder =>
    () =>
      Promise.resolve(version);
  const forwarder = reloading(forwarderOf('1'), {
    reload: async (use) => {
      readings++;
      const found = await next;
      if (found instanceof Error) throw found;
      if (found !== undefined) await use(found);
    },
    make: (config) => {
      if (versionOf(config) === 'broken') throw new Error('exporters.otlp_http.endpoint: is missing');
      return forwarderOf(versionOf(config));
    },
    onWarning: (warning) => warnings.push(warning),
    now: () => clock,
  });
  return {
    invoke: (): Promise<unknown> => forwarder({}, CONTEXT),
    keeps: (version: Version): void => void (next = version),
    pass: (ms: number): void => void (clock += ms),
    warnings,
    readings: (): number => readings,
  };
};

describe('a configuration that lives on', () => {
  it('is looked at once it is old, and another version is in use from the next invocation on', async () => {
    const { invoke, keeps, pass, readings } = open();
    keeps(configOf('2'));
    pass(299_999);
    expect([await invoke(), readings()]).toEqual(['1', 0]);
    pass(1);
    expect([await invoke(), readings()]).toEqual(['1', 1]);
    expect([await invoke(), readings()]).toEqual(['2', 1]);
    keeps(undefined);
    pass(300_000);
    expect([await invoke(), await invoke(), readings()]).toEqual(['2', '2', 2]);
  });

  it.each([
    ['cannot be read', new Error('ssm:/config cannot be read: timed out'), 'ssm:/config cannot be read: timed out'],
    ['is wrong', configOf('broken'), 'exporters.otlp_http.endpoint: is missing'],
  ])('a version that %s changes nothing, says so, and is tried again a minute later', async (_, version, reason) => {
    const { invoke, keeps, pass, readings, warnings } = open();
    keeps(version);
    pass(300_000);
    expect([await invoke(), await invoke(), readings()]).toEqual(['1', '1', 1]);
    expect(warnings).toEqual([`the last good configuration stays in use: ${reason}`]);
    keeps(configOf('3'));
    pass(60_000);
    await invoke();
    expect([await invoke(), readings()]).toEqual(['3', 2]);
  });

  it('is looked at as well when the clock was set back', async () => {
    const { invoke, keeps, pass, readings } = open();
    keeps(configOf('2'));
    pass(-3_600_000);
    expect([await invoke(), await invoke(), readings()]).toEqual(['1', '2', 1]);
  });

  it('one reading at a time, which holds up an invocation for a second at most', async () => {
    const { invoke, keeps, pass, readings } = open();
    let answer: (config: Config) => void = () => undefined;
    keeps(new Promise((resolve) => (answer = resolve)));
    pass(300_000);
    const all = await Promise.all([invoke(), invoke(), invoke()]);
    expect([all, readings()]).toEqual([['1', '1', '1'], 1]);
    answer(configOf('2'));
    await new Promise(setImmediate);
    expect([await invoke(), readings()]).toEqual(['2', 1]);
  });
});
