import { visible } from '@serverless-otlp/dev-server';
import { accessSync, constants, statSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

const MAX_SHOWN = 200;

/** Why a file cannot be read; `undefined` when it can. */
const objectionTo = (path: string): string | undefined => {
  try {
    if (!statSync(path).isFile()) return 'that is no file';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code = 'no path' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
    return code === 'EACCES' ? 'you may not read it' : code;
  }
};

/** Looks whether the file of `--config`, if one is given, can be read. @throws {UsageError} when it cannot. */
export const needConfigFile = (path: string | undefined): void => {
  const objection = path === undefined ? undefined : objectionTo(path);
  if (path === undefined || objection === undefined) return;
  throw new UsageError(
    `cannot read "${visible(path.slice(0, MAX_SHOWN))}": ${objection}. Give --config a JSON or YAML file.`,
  );
};
