const said = new Set<string>();

/** Tells a mistake on stderr, once, the way Node tells its own warnings. A sandbox that lives long says a thousand different things at most. */
export const warnOnce = (message: string): void => {
  if (said.has(message) || said.size >= 1000) return;
  said.add(message);
  process.emitWarning(`@serverless-otlp/lambda: ${message}`, 'OtlpLambdaWarning');
};

/** Says what a caught value says of itself. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
