import { context, type Logger, type LoggerProvider } from '@opentelemetry/api';
import type { Late } from './late.ts';

/** A logger provider whose SDK is loaded when something is first said. */
export const lateLoggerProvider = (late: Late<LoggerProvider>): LoggerProvider => ({
  getLogger: (name, version, options) => {
    let real: Logger | undefined;
    const get = (provider: LoggerProvider): Logger => (real ??= provider.getLogger(name, version, options));
    return {
      emit: (record) => {
        const then =
          real === undefined ? { observedTimestamp: Date.now(), context: context.active(), ...record } : record;
        late.use((provider) => get(provider).emit(then));
      },
      enabled: (asked) => real?.enabled(asked) ?? true,
    };
  },
});
