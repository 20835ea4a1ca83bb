import type { Line } from './lines.ts';

/** The ids of lines as log events, and back: a fault names an id, a person wants the file and the line. */
export interface Positions {
  /** From now on lines come from this file; empty for standard input. */
  begin(file: string): void;
  /** An id of 56 digits, as CloudWatch Logs gives, unique within this run. */
  idOf(line: Line): string;
  /** `line 3` or `file.jsonl:3`; the id itself when it is none of ours. */
  readonly nameOf: (id: string) => string;
}

const FILE_DIGITS = 8;
const LINE_DIGITS = 24;
const ID_DIGITS = 56;

/** `line 3` of standard input, or `file.jsonl:3`. */
export const positionName = (file: string, line: number): string => (file === '' ? `line ${line}` : `${file}:${line}`);

/** Numbers lines over several inputs. */
export const createPositions = (): Positions => {
  const files: string[] = [];
  return {
    begin: (file) => void files.push(file),
    idOf: ({ number, fragment }) =>
      String(files.length - 1).padStart(FILE_DIGITS, '0') +
      String(number).padStart(LINE_DIGITS, '0') +
      String(fragment).padStart(ID_DIGITS - FILE_DIGITS - LINE_DIGITS, '0'),
    nameOf: (id) => {
      const file = /^\d{56}$/.test(id) ? files[Number(id.slice(0, FILE_DIGITS))] : undefined;
      return file === undefined ? id : positionName(file, Number(id.slice(FILE_DIGITS, FILE_DIGITS + LINE_DIGITS)));
    },
  };
};
