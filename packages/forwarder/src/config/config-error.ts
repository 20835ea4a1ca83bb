/** One mistake in a configuration. */
export interface ConfigProblem {
  /** Where: a path such as `exporters.otlp_http.endpoint`, or the name of a variable. Never a value. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
  /** May be right a moment later, without anybody's doing. */
  readonly passing?: boolean;
}

/** How many mistakes the message names; a file of something else entirely would fill a screen. */
const MAX_NAMED = 50;

/** Every mistake of a configuration at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(found: readonly ConfigProblem[]) {
    // A general variable is looked at once per signal, and is wrong only once.
    const problems = [...new Map(found.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
    const lines = problems.slice(0, MAX_NAMED).map(({ path, message }) => `  ${path}: ${message}`);
    const more = problems.length > MAX_NAMED ? [`  and ${problems.length - MAX_NAMED} more`] : [];
    super(['the configuration is not valid:', ...lines, ...more].join('\n'));
    this.problems = problems;
  }
}
