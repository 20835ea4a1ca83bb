import type { Environment } from '@serverless-otlp/forwarder/config';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** What makes one backfill another than another. */
export interface BackfillIdentity {
  /** Names or ARNs. */
  readonly logGroups: readonly string[];
  /** As they were written: an interrupted run of the last `2h` goes on with its own two hours. */
  readonly since: string;
  readonly until: string;
  readonly filterPattern?: string;
  readonly owner?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly config?: string;
  readonly destinations?: readonly string[];
}

/** Variables that lead to other lines or to another destination. */
const VARIABLES =
  /^(AWS_(DEFAULT_)?REGION|AWS_PROFILE|AWS_ENDPOINT_URL(_CLOUDWATCH_LOGS)?|OTLP_FORWARDER_CONFIG|OTEL_EXPORTER_OTLP_(\w+_)?ENDPOINT)$/;

/** A hash over arguments and variables that matter. Order of lists does not. */
export const backfillKey = (identity: BackfillIdentity, env: Environment = process.env): string => {
  const { logGroups, destinations, config, ...rest } = identity;
  const variables = Object.entries(env).filter(([name, value]) => VARIABLES.test(name) && (value ?? '') !== '');
  const matter = [
    [...new Set(logGroups)].sort(),
    destinations === undefined ? null : [...new Set(destinations)].sort(),
    config === undefined ? null : resolve(config),
    Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
    variables.sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(matter)).digest('hex');
};

/** Where the state of a backfill is unless told otherwise: below `$XDG_STATE_HOME`, or `~/.local/state`. */
export const backfillStatePath = (key: string, env: Environment = process.env): string => {
  const own = env['XDG_STATE_HOME'] ?? '';
  // The XDG specification: a relative path is invalid and to be ignored.
  const base = isAbsolute(own) ? own : join(homedir(), '.local', 'state');
  return join(base, 'serverless-otlp', `backfill-${key.slice(0, 16)}.jsonl`);
};
