import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Who signs certificates. */
export interface Authority extends Identity {
  /** A certificate for this IPv4 address or DNS name, from an hour ago until then; default for an hour. */
  readonly issue: (subject: string, untilMs?: number) => Identity;
}

const HOUR_MS = 3_600_000;

// The few words of DER (ITU-T X.690) that a certificate is made of. Node.js reads certificates and writes none.
const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Uint8Array): Buffer => tlv(0x04, content);
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const BASIC_CONSTRAINTS = oid('551d13');
const SUBJECT_ALT_NAME = oid('551d11');

const nameOf = (text: string): Buffer => sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from(text)))));
/** `YYMMDDhhmmssZ`: RFC 5280 wants this form until 2049. */
const timeOf = (ms: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));

const altNameOf = (subject: string): Buffer =>
  /^[\d.]+$/.test(subject) ? tlv(0x87, Buffer.from(subject.split('.').map(Number))) : tlv(0x82, Buffer.from(subject));

const pemOf = (der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};

interface Content {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly untilMs: number;
  readonly extension: Buffer;
}

/** RFC 5280, section 4.1. */
const certificateOf = ({ issuer, subject, publicKey, untilMs, extension }: Content, signer: KeyObject): string => {
  const serial = randomBytes(8);
  serial[0] = 1; // positive
  const content = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))), // version 3
    tlv(0x02, serial),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(timeOf(Math.min(Date.now(), untilMs) - HOUR_MS), timeOf(untilMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', content, signer);
  return pemOf(sequence(content, ECDSA_WITH_SHA256, tlv(0x03, Buffer.of(0), signature)));
};

const newKey = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject; readonly key: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { publicKey, privateKey, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
};

/** A certificate authority of this process. */
export const newAuthority = (name: string): Authority => {
  const { publicKey, privateKey, key } = newKey();
  const isAuthority = sequence(BASIC_CONSTRAINTS, TRUE, octets(sequence(TRUE)));
  const own = { issuer: name, subject: name, publicKey, untilMs: Date.now() + HOUR_MS, extension: isAuthority };
  return {
    cert: certificateOf(own, privateKey),
    key,
    issue: (subject, untilMs = Date.now() + HOUR_MS) => {
      const { publicKey: subjectKey, key: itsKey } = newKey();
      const extension = sequence(SUBJECT_ALT_NAME, octets(sequence(altNameOf(subject))));
      const content = { issuer: name, subject, publicKey: subjectKey, untilMs, extension };
      return { cert: certificateOf(content, privateKey), key: itsKey };
    },
  };
};
