import { registration } from '../config/registration.ts';
import { warnOnce } from '../config/warn-once.ts';
import { flushAtEnd } from './flush-at-end.ts';
import { type Registered, registerLogs, registerMetrics, registerTraces, type Surroundings } from './signals.ts';
import { userPackages } from '../config/user-packages.ts';

const NAME = '@serverless-otlp/stdout-exporter/register';

/** Runs one of them; what goes wrong is told, and the program goes on without that signal. */
const attempt = (
  signal: string,
  run: (surroundings: Surroundings) => Registered | undefined,
  surroundings: Surroundings,
): readonly Registered[] => {
  try {
    const registered = run(surroundings);
    return registered === undefined ? [] : [registered];
  } catch (error) {
    surroundings.warn(`${signal} are not set up: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
};

/** Sets up the SDK that the user has installed, by the standard variables. Throws nothing: what is missing is a warning on stderr. */
export const registerAll = (self: string): void => {
  const warn = (message: string): void => warnOnce(`${NAME}: ${message}`);
  try {
    const settings = registration();
    if (settings.disabled) return;
    const surroundings: Surroundings = { find: userPackages([...settings.folders, self]), settings, warn };
    const registered = [
      ...(settings.traces ? attempt('traces', registerTraces, surroundings) : []),
      ...(settings.metrics ? attempt('metrics', registerMetrics, surroundings) : []),
      ...(settings.logs ? attempt('logs', registerLogs, surroundings) : []),
    ];
    if (registered.length > 0) flushAtEnd(registered);
    else if (settings.traces || settings.metrics || settings.logs)
      warn('nothing is set up: install @opentelemetry/sdk-trace, sdk-metrics or sdk-logs beside your program');
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
  }
};
