import { describe, expect, it } from 'vitest';
import { asyncContextManager } from './context-manager.ts';

describe('asyncContextManager', () => {
  const manager = asyncContextManager('root').enable();

  it('carries a context through promises, with its arguments and its this', async () => {
    expect(manager.active()).toBe('root');
    const self = { name: 'self' };
    const run = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      await new Promise((resolve) => setImmediate(resolve));
      return [manager.active(), this, args];
    };
    expect(await manager.with('inner', run, self, 1, 2)).toEqual(['inner', self, [1, 2]]);
    expect(manager.active()).toBe('root');
  });

  it('binds functions, and leaves other things as they are', () => {
    const bound = manager.bind('inner', () => manager.active()) as () => unknown;
    expect(bound()).toBe('inner');
    expect(manager.bind('inner', 'text')).toBe('text');
    expect(manager.disable()).toBe(manager);
  });
});
