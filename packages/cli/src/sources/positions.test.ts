import { describe, expect, it } from 'vitest';
import { createPositions } from './positions.ts';

describe('createPositions', () => {
  it('gives unique ids of 56 digits and finds the line again', () => {
    const positions = createPositions();
    positions.begin('a.log');
    const first = positions.idOf({ raw: Buffer.alloc(0), number: 7, fragment: 0 });
    const second = positions.idOf({ raw: Buffer.alloc(0), number: 7, fragment: 1 });
    positions.begin('');
    const third = positions.idOf({ raw: Buffer.alloc(0), number: 7, fragment: 0 });
    expect(new Set([first, second, third]).size).toBe(3);
    for (const id of [first, second, third]) expect(id).toMatch(/^\d{56}$/);
    expect([first, second, third].map(positions.nameOf)).toEqual(['a.log:7', 'a.log:7', 'line 7']);
  });

  it('leaves an id of somebody else as it is', () => {
    expect(createPositions().nameOf('awslogs')).toBe('awslogs');
  });
});
