const said = new Set<string>();

/** Tells a mistake on stderr, once, the way Node tells its own warnings. A sandbox that lives long says a thousand different things at most. */
export const warnOnce = (message: string): void => {
  if (said.has(message) || said.size >= 1000) return;
  said.add(message);
  process.emitWarning(`@serverless-otlp/lambda: ${message}`, 'OtlpLambdaWarning');
};

/** What a caught value says of itself, in short. Never throws: a value may be hostile to whoever asks. */
export const messageOf = (error: unknown): string => {
  try {
    return String(error instanceof Error ? error.message : error).slice(0, 500);
  } catch {
    return 'an error that cannot be read';
  }
};
