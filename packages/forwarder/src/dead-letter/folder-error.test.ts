import { describe, expect, it } from 'vitest';
import { folderError } from './folder-error.ts';
import { StoreError } from './store-error.ts';

const failure = (code: string): Error => Object.assign(new Error(`${code}: /a/path of somebody`), { code });

describe('folderError', () => {
  it.each([
    ['EACCES', true, /permission denied; check who owns the folder/],
    ['EPERM', true, /permission denied/],
    ['EROFS', true, /read-only/],
    ['ENOTDIR', true, /a file stands where a folder is needed/],
    ['EISDIR', true, /a file stands where a folder is needed/],
    ['ELOOP', true, /symbolic link/],
    ['ENAMETOOLONG', true, /longer/],
    ['ENOSPC', false, /no space left; make room/],
    ['EDQUOT', false, /no space left/],
    ['EIO', false, /the file system failed/],
    ['EMFILE', false, /the file system failed/],
  ])('says what %s means and whether it lasts (%s)', (code, permanent, message) => {
    const cause = failure(code);
    const error = folderError('folder /x', 'write an object', cause);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.permanent).toBe(permanent);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith('folder /x: cannot write an object: ')).toBe(true);
    expect(error.message.endsWith(`(${code})`)).toBe(true);
    expect(error.message).not.toContain('somebody');
    expect(error.cause).toBe(cause);
  });

  it('tells what was given up from what failed', () => {
    for (const name of ['AbortError', 'TimeoutError']) {
      const error = folderError('s', 'read an object', new DOMException('x', name));
      expect(error.permanent).toBe(false);
      expect(error.message).toBe('s: cannot read an object: given up, its time was over');
    }
  });

  it('leaves a StoreError as it is', () => {
    const error = new StoreError('s: no', { permanent: true });
    expect(folderError('s', 'write', error)).toBe(error);
  });
});
