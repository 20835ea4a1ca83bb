const said = new Set<string>();

/** Tells a mistake in the settings on stderr, once, the way Node tells its own warnings. */
export const warnOnce = (message: string): void => {
  if (said.has(message)) return;
  said.add(message);
  process.emitWarning(message, 'OtlpStdoutWarning');
};
