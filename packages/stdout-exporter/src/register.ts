import { registerAll } from './register/register-all.ts';

/**
 * `NODE_OPTIONS="--import @serverless-otlp/stdout-exporter/register"` sets up traces, metrics and logs with the OpenTelemetry SDK that
 * the program has installed, by the standard variables, and writes them to standard output.
 */
registerAll(import.meta.filename);
