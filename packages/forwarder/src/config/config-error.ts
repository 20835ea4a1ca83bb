/** One mistake in a configuration. */
export interface ConfigProblem {
  /** Where: a path such as `exporters.otlp_http.endpoint`, or the name of a variable. Never a value. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** Every mistake of a configuration at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      `the configuration is not valid:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`,
    );
    this.problems = problems;
  }
}
