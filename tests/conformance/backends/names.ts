import dns from 'node:dns';
import { onTestFinished } from 'vitest';

type Done = (error: Error | null, address?: string | readonly object[], family?: number) => void;

/**
 * Until the test is over, these names lead to the loopback interface, and no other name leads anywhere: what a guide says about hosts and
 * paths is sent as it stands, and reaches nobody else. Node resolves names with `dns.lookup`.
 */
export const namesLeadHere = (hosts: RegExp): void => {
  const { lookup } = dns;
  const here = (name: string, options: { readonly all?: boolean } | Done, callback?: Done): void => {
    const done = typeof options === 'function' ? options : callback;
    const all = typeof options === 'object' && options.all === true;
    queueMicrotask(() => {
      if (!hosts.test(name) && name !== '127.0.0.1')
        done?.(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
      else if (all) done?.(null, [{ address: '127.0.0.1', family: 4 }]);
      else done?.(null, '127.0.0.1', 4);
    });
  };
  Object.defineProperty(dns, 'lookup', { value: here, configurable: true, writable: true });
  onTestFinished(() => {
    Object.defineProperty(dns, 'lookup', { value: lookup, configurable: true, writable: true });
  });
};
