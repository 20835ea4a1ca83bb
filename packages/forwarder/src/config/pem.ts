import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsOptions } from '../http/transport.ts';
import type { Config, OtlpHttpSettings, TlsSettings } from './settings.ts';

type Pem = 'ca' | 'cert' | 'key';

/** The variable behind each setting of an exporter: who configures by variables has never heard of the setting. */
const VARIABLES = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' } as const;

type NameOf = (pem: Pem) => string;

const nameIn = (tls: TlsSettings, path: string): NameOf => {
  const variableOf: NameOf = (pem) => (path === 'tls' ? ` (OTEL_EXPORTER_OTLP_${VARIABLES[pem]})` : '');
  return (pem) => (tls[`${pem}_pem`] === undefined ? `${path}.${pem}_file${variableOf(pem)}` : `${path}.${pem}_pem`);
};

/** The text of a PEM file. The path stays out of the message: whoever gave the key itself instead would find it in the log. */
const read = (tls: TlsSettings, pem: Pem, nameOf: NameOf): string | undefined => {
  // No PEM holds a backslash: in a variable or a secret, somebody could not write a line break.
  const text = tls[`${pem}_pem`]?.replaceAll('\\n', '\n');
  const path = tls[`${pem}_file`];
  if (text !== undefined || path === undefined) return text;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new Error(`${nameOf(pem)}: the file cannot be read: ${code}`, { cause: code });
  }
};

const check = (use: () => unknown, message: string): void => {
  try {
    use();
  } catch (error) {
    throw new Error(message, { cause: (error as NodeJS.ErrnoException).code });
  }
};

/**
 * Reads PEM files, or takes their text, and tries them, so that a broken one fails at start and not at every request (V6).
 *
 * @param path of these settings in those of the exporter.
 * @throws {Error} that names the setting at fault.
 */
export const readPem = (tls: TlsSettings, path = 'tls'): TlsOptions => {
  if (Object.keys(tls).length === 0) return {}; // a secure context costs a cold start milliseconds
  const nameOf = nameIn(tls, path);
  const [ca, cert, key] = [read(tls, 'ca', nameOf), read(tls, 'cert', nameOf), read(tls, 'key', nameOf)];
  // A secure context takes any text for a list of authorities, and would then trust nobody.
  if (ca !== undefined) check(() => new X509Certificate(ca), `${nameOf('ca')}: holds no PEM certificate`);
  const pair = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  check(
    () => createSecureContext(pair),
    `${nameOf('cert')} and ${nameOf('key')}: no PEM certificate and the key that belongs to it`,
  );
  return { ...(ca === undefined ? {} : { ca }), ...pair };
};

/** The configuration with the PEM files of its exporters read; an exporter with one that is no good is broken (D4). */
export const withPem = (config: Config): Config => {
  const exporters: Record<string, unknown> = { ...config.exporters };
  const broken: Record<string, string> = { ...config.broken };
  for (const [id, given] of Object.entries(exporters)) {
    const settings = (given ?? {}) as OtlpHttpSettings;
    if (settings.tls === undefined || broken[id] !== undefined) continue;
    try {
      exporters[id] = { ...settings, pem: readPem(settings.tls) };
    } catch (error) {
      broken[id] = (error as Error).message;
    }
  }
  return { ...config, exporters, ...(Object.keys(broken).length > 0 && { broken }) };
};
