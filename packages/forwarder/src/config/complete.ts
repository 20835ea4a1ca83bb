import type { Environment } from './endpoint.ts';
import type { Config, OtlpHttpSettings } from './settings.ts';

const hasTls = ({ exporters }: Config): boolean =>
  Object.values(exporters).some((settings) => (settings as OtlpHttpSettings | null)?.tls !== undefined);

/** The configuration with what its exporters need besides settings: PEM files, and what proves who sends. */
export const complete = async (config: Config, env: Environment): Promise<Config> => {
  const read = hasTls(config) ? (await import('./pem.ts')).withPem(config) : config;
  return (await import('./auth.ts')).withAuth(read, env);
};
