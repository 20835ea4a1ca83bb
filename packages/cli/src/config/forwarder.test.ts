import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { forwarderOf, type ForwarderSettings } from './forwarder.ts';

const load = (settings: ForwarderSettings, env: Readonly<Record<string, string>> = {}): Promise<unknown> =>
  forwarderOf(
    settings,
    () => undefined,
    () => undefined,
    env,
  );

describe('forwarderOf', () => {
  it('needs nothing but the default endpoint', async () => {
    await expect(load({})).resolves.toBeTypeOf('function');
  });

  it.each<[string, ForwarderSettings, Record<string, string>, RegExp]>([
    ['an endpoint that is no URL', { endpoint: 'localhost:4318' }, {}, /--endpoint must be/],
    ['a header without a name', { headers: ['=secret'] }, {}, /--header number 1 is not name=value/],
    ['a header with a line break', { headers: ['a=b', 'x=se\ncret'] }, {}, /--header number 2/],
    ['a file besides an endpoint', { config: 'x', endpoint: 'http://localhost' }, {}, /leave out --endpoint/],
    ['a file that is not there', { config: '/no/such/file' }, {}, /no such file/],
    ['a wrong variable', {}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'gopher://x' }, /OTEL_EXPORTER_OTLP_ENDPOINT/],
  ])('refuses %s with the remedy', async (_, settings, env, message) => {
    const error: unknown = await load(settings, env).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('cret');
  });

  it('lets an option win over a wrong variable, general or of one signal', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'gopher://x', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'gopher://y' };
    await expect(load({ endpoint: 'http://localhost:1' }, env)).resolves.toBeTypeOf('function');
  });
});
