import { StoreError } from './store-error.ts';

interface Reason {
  readonly permanent: boolean;
  readonly text: string;
}

const DENIED: Reason = { permanent: true, text: 'permission denied; check who owns the folder and may write to it' };
const IN_THE_WAY: Reason = {
  permanent: true,
  text: 'a file stands where a folder is needed, or a folder where a file is',
};
const FULL: Reason = { permanent: false, text: 'no space left; make room on this file system' };

const REASONS: Readonly<Record<string, Reason>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { permanent: true, text: 'the file system is read-only; choose a folder that can be written to' },
  EEXIST: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
  ENOTDIR: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
  ELOOP: { permanent: true, text: 'a symbolic link is in its path, and links are not followed' },
  ENAMETOOLONG: { permanent: true, text: 'its name is longer than this file system takes' },
  ENOSPC: FULL,
  EDQUOT: FULL,
};

/** The code of an error of the file system. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether the path led to nothing. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

/** What an error of the file system means, for a person. The path is in the name of the store. */
export const folderError = (store: string, verb: string, cause: unknown): StoreError => {
  if (cause instanceof StoreError) return cause;
  if (cause instanceof Error && /^(AbortError|TimeoutError)$/.test(cause.name))
    return new StoreError(`${store}: cannot ${verb}: given up, its time was over`, { permanent: false, cause });
  const code = codeOf(cause);
  const { permanent, text } = REASONS[code ?? ''] ?? { permanent: false, text: 'the file system failed' };
  return new StoreError(`${store}: cannot ${verb}: ${text} (${code ?? 'no code'})`, { permanent, cause });
};
