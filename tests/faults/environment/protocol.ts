/** One report of a destination and signal, as far as the suite adds it up. */
export interface ReportedCounts {
  readonly decoded: number;
  readonly made?: number;
  readonly filtered?: number;
  readonly delivered?: number;
  readonly rejected?: number;
  readonly pending?: number;
  readonly quarantined?: number;
  readonly returned?: number;
  readonly unconfirmed?: number;
}

/** The forwarder's report, as far as the suite reads it. */
export interface ForwarderReport {
  readonly lines: {
    readonly in: number;
    readonly decoded: number;
    readonly ignored: number;
    readonly quarantined: number;
    readonly returned?: number;
  };
  readonly destinations: Readonly<Record<string, Readonly<Record<string, ReportedCounts>>>>;
  readonly errors?: readonly { readonly destination: string; readonly error: string }[];
  readonly balanced: boolean;
}

/** What a redrive says about one destination. */
export interface ReportedLane {
  readonly found: number;
  readonly put: number;
  readonly redriven: number;
  readonly quarantined: number;
  readonly expired: number;
  readonly vanished: number;
  readonly remaining: number;
  readonly items: number;
  readonly rejected: number;
  readonly unconfirmed: number;
  readonly more?: true;
  readonly error?: string;
}

/** The redrive's report, as far as the suite reads it. */
export interface RedriveReport {
  readonly destinations: Readonly<Record<string, ReportedLane>>;
  readonly events?: ReportedLane;
  readonly unknown?: Readonly<Record<string, number>>;
  readonly errors?: readonly string[];
  readonly balanced: boolean;
}

/** The process kills itself when it comes by an `await` the n-th time, before or after it. */
export interface KillPoint {
  /** Number in the table of `kill-points/instrument.ts`. */
  readonly point: number;
  readonly when: 'before' | 'after';
  readonly nth: number;
}

/** Calls of `node:fs/promises` in the folder store that fail. */
export interface FileFault {
  readonly operation: string;
  /** Part of the path; absent: any. */
  readonly path?: string;
  /** What the call fails with, such as `ENOSPC`; `kill` ends the process. */
  readonly code: string;
  readonly times: number;
}

/** What is wrong inside the environment during one command. */
export interface InnerFaults {
  readonly kill?: KillPoint;
  readonly file?: FileFault;
  /** Error codes of host names that do not resolve. */
  readonly names?: Readonly<Record<string, string>>;
}

/** What an environment is told to do. */
export interface Command {
  /** `plan` is what a redrive would do. */
  readonly kind: 'invoke' | 'redrive' | 'plan';
  readonly event?: unknown;
  /** A person asks for letters with this in their reason; absent: the schedule, for all. */
  readonly reason?: string;
  readonly remainingMs: number;
  /** How far its clock is ahead of the real one. */
  readonly clockMs: number;
  readonly faults: InnerFaults;
}

/** What came of it. */
export interface Reply {
  /** Of a handler that rejected. */
  readonly error?: string;
  /** Reports of the forwarder: one of an invocation, one per event of a redrive. */
  readonly reports: readonly ForwarderReport[];
  readonly redrive?: RedriveReport;
  /** The longest time the environment's thread was not available for an answer. */
  readonly stalledMs: number;
  /** How often each kill point was passed, by number, since the command began. */
  readonly hits: readonly (readonly [point: number, before: number, after: number])[];
}
