/** What is left out or otherwise than in a healthy installation. Default: healthy. */
export interface Fault {
  readonly forwarder?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly redrive?: Readonly<Record<string, unknown>> | false;
  readonly concurrency?: number;
  /** Body of AddPermission; `false`: none. */
  readonly permission?: Readonly<Record<string, string>> | false;
  readonly onFailure?: Readonly<Record<string, unknown>> | false;
  readonly bucket?: false;
  readonly publicAccess?: string | false;
  readonly lifecycle?: string;
  readonly pattern?: string;
  /** Log groups that are subscribed besides, or twice, by the names of their filters. */
  readonly filters?: readonly (readonly [group: string, filter: string])[];
  readonly secret?: string | false;
  /** Alarms that are not there. */
  readonly silent?: readonly string[];
  /** An alarm that rings. */
  readonly ringing?: string;
  readonly schedule?: 'DISABLED' | false;
  /** Objects in the bucket. */
  readonly objects?: readonly string[];
  /** A line in the log of the forwarder. */
  readonly report?: string;
}

/** An installation in the emulator. */
export interface Made {
  readonly forwarder: string;
  readonly redrive: string;
  readonly logGroup: string;
  readonly bucket: string;
}

const REPORT = { message: 'otlp forwarder report', durationMs: 12, destinations: {}, balanced: true };
/** A report of three lines. */
export const GOOD_REPORT: string = JSON.stringify({
  ...REPORT,
  lines: { in: 3, decoded: 3, ignored: 0, quarantined: 0 },
});

/** A ZIP archive of nothing, base64. */
export const EMPTY_ZIP = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';
const rule = (prefix: string, days: number): string =>
  `<Rule><ID>${prefix}</ID><Status>Enabled</Status><Filter><Prefix>${prefix}</Prefix></Filter><Expiration><Days>${days}</Days></Expiration></Rule>`;
/** Rules that remove what nobody needs. */
export const LIFECYCLE: string = rule('quarantine/', 90) + rule('expired/', 90);
/** And one that removes what waits. */
export const HASTY_LIFECYCLE: string = LIFECYCLE + rule('', 3);
/** No public access of any kind. */
export const BLOCKED =
  '<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>';
