import { readFileSync } from 'node:fs';

const pem = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
const identity = (name: string): TlsIdentity => ({ cert: pem(`${name}.crt`), key: pem(`${name}.key`) });

/** A certificate and its key, PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** What {@link testTls} reads; what each is for stands in packages/testing/fixtures/tls/README.md. */
export interface TestTls {
  readonly ca: string;
  readonly otherCa: string;
  readonly server: TlsIdentity;
  readonly expired: TlsIdentity;
  readonly otherHost: TlsIdentity;
  readonly client: TlsIdentity;
  readonly otherClient: TlsIdentity;
}

/** The checked-in test certificates. */
export const testTls = (): TestTls => ({
  ca: pem('ca.crt'),
  otherCa: pem('other-ca.crt'),
  server: identity('server'),
  expired: identity('expired'),
  otherHost: identity('other-host'),
  client: identity('client'),
  otherClient: identity('other-client'),
});
