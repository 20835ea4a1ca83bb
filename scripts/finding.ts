/** One thing a check objects to, and where. */
export interface Finding {
  readonly file: string;
  readonly line?: number;
  readonly message: string;
}

/** Prints findings the way editors and CI logs understand (`file:line: message`) and sets the exit code. */
export const report = (check: string, findings: readonly Finding[], summary: string): void => {
  for (const { file, line, message } of findings) {
    console.error(`${file}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
  if (findings.length > 0) process.exitCode = 1;
  console.log(`${check}: ${findings.length === 0 ? `ok, ${summary}` : `${findings.length} problems, ${summary}`}`);
};
