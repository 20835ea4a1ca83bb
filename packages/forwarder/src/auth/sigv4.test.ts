import { describe, expect, it } from 'vitest';
import type { OutgoingRequest } from '../http/authenticator.ts';
import { type AwsCredentials, sigv4, type Sigv4Options } from './sigv4.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const dateOf = (ms: number): string => new Date(ms).toUTCString();

const requestTo = (url: string): OutgoingRequest => ({
  method: 'POST',
  url: new URL(url),
  headers: { 'content-type': 'application/x-protobuf' },
  body: Buffer.from('body'),
});
const XRAY = 'https://xray.eu-west-1.amazonaws.com/v1/traces';

const keys = (id: number): AwsCredentials => ({ accessKeyId: `AKID${id}`, secretAccessKey: `secret${id}` });

/** Signs at noon with keys 0, and with the next ones after each time fresh ones were asked for. */
const setUp = (options: Partial<Sigv4Options> = {}) => {
  const state = { nowMs: NOW_MS, fetched: 0 };
  const authenticator = sigv4({
    credentials: ({ fresh = false } = {}) => Promise.resolve(keys(fresh ? ++state.fetched : state.fetched)),
    now: () => state.nowMs,
    ...options,
  });
  const sign = async (url: string = XRAY): Promise<string> => {
    const headers = await authenticator.headersFor(requestTo(url), 1_000);
    return `${headers['x-amz-date']} ${/Credential=(\S+),/.exec(headers['authorization'] ?? '')?.[1]}`;
  };
  return { state, authenticator, sign };
};

describe('sigv4', () => {
  it('signs for the service and Region that the host of each request names', async () => {
    const { sign } = setUp();
    expect(await sign()).toBe('20261121T120000Z AKID0/20261121/eu-west-1/xray/aws4_request');
    expect(await sign('https://logs.us-east-1.amazonaws.com/v1/logs')).toContain('/us-east-1/logs/');
    expect(await sign('https://monitoring.cn-north-1.amazonaws.com.cn/v1/metrics')).toContain(
      '/cn-north-1/monitoring/',
    );
  });

  it('signs for what it was told before that', async () => {
    const { sign } = setUp({ service: 'aps', region: 'eu-north-1' });
    expect(await sign()).toContain('/eu-north-1/aps/');
    expect(await sign('https://proxy.example/v1/traces')).toContain('/eu-north-1/aps/');
  });

  it.each([[{}], [{ service: 'xray' }], [{ region: 'eu-west-1' }]])(
    'asks for what nobody said: %j',
    async (options) => {
      await expect(setUp(options).sign('https://proxy.example/v1/traces')).rejects.toMatchObject({
        name: 'AuthenticationError',
        retryable: false,
        message: 'the host does not say so: set sigv4.service and sigv4.region',
      });
    },
  );

  it.each([-3_600_000, -300_000, 300_000, 86_400_000])(
    'adopts the clock of the server when it differs by %i ms',
    async (skewMs) => {
      const { state, authenticator, sign } = setUp();
      await sign();
      expect(await authenticator.refresh({ date: dateOf(NOW_MS + skewMs) })).toBe(true);
      expect(await sign()).toContain(new Date(NOW_MS + skewMs).toISOString().replace(/[-:]|\.000/g, ''));
      expect(state.fetched).toBe(0);
      // The same once more is no difference any more.
      expect(await authenticator.refresh({ date: dateOf(NOW_MS + skewMs) })).toBe(true);
      expect(state.fetched).toBe(1);
    },
  );

  it.each([undefined, 'yesterday', ['a', 'b'], dateOf(NOW_MS + 60_000)])(
    'fetches other credentials when the clock is not to blame: %s',
    async (date) => {
      const { authenticator, sign } = setUp();
      await sign();
      expect(await authenticator.refresh({ date })).toBe(true);
      expect(await sign()).toBe('20261121T120000Z AKID1/20261121/eu-west-1/xray/aws4_request');
    },
  );

  it('D11: says so when they are the same', async () => {
    const { authenticator, sign } = setUp({ credentials: () => Promise.resolve(keys(7)) });
    await sign();
    expect(await authenticator.refresh({})).toBe(false);
  });

  it('D11: fetches once for all who ask, and not more often than every half minute', async () => {
    const { state, authenticator, sign } = setUp();
    await sign();
    expect(await Promise.all([authenticator.refresh({}), authenticator.refresh({})])).toEqual([true, true]);
    expect(await authenticator.refresh({})).toBe(false);
    expect(state.fetched).toBe(1);
    state.nowMs += 30_000;
    expect(await authenticator.refresh({})).toBe(true);
    state.nowMs -= 3_600_000; // a clock that was set back
    expect(await authenticator.refresh({})).toBe(true);
  });

  it('D11: goes on with the old ones when there are no others', async () => {
    const credentials: Sigv4Options['credentials'] = ({ fresh = false } = {}) =>
      fresh ? Promise.reject(new Error('down')) : Promise.resolve(keys(0));
    const { authenticator, sign } = setUp({ credentials });
    await sign();
    expect(await authenticator.refresh({})).toBe(false);
    expect(await sign()).toContain('AKID0');
  });

  it('waits for credentials no longer than it may', async () => {
    const { authenticator } = setUp({ credentials: () => new Promise(() => undefined) });
    await expect(authenticator.headersFor(requestTo(XRAY), 5)).rejects.toMatchObject({
      retryable: true,
      message: 'fetching AWS credentials took too long',
    });
  });
});
