const REPORT = '"message":"otlp forwarder report"';

/** Those of the lines that a function printed which are reports; other metrics than the first are lines of their own. */
export const reportLines = (printed: readonly string[]): readonly string[] =>
  printed.filter((line) => line.includes(REPORT));
