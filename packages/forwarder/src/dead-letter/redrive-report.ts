/** What one run did with the objects of one destination. */
export interface RedriveCounts {
  /** Objects listed. */
  found: number;
  /** New objects: what is left of a merged request that was taken in part. */
  put: number;
  /** Objects that are gone because everything in them is delivered or accounted for elsewhere. */
  redriven: number;
  /** Objects moved to `quarantine/`, and parts that were refused. */
  quarantined: number;
  /** Objects moved to `expired/`. */
  expired: number;
  /** Objects that somebody else took meanwhile. */
  vanished: number;
  /** Objects that wait for the next run. */
  remaining: number;
  /** Items the destination took, and of these what it rejected in a partial success or answered unreadably. */
  items: number;
  rejected: number;
  unconfirmed: number;
}

/** The counts of one destination and what there is to say about it. */
export interface LaneReport extends Readonly<RedriveCounts> {
  /** Of the oldest object that waits, in milliseconds; 0 when none does, absent when the store failed and nobody knows. */
  readonly oldestPendingAgeMs?: number;
  /** Not everything was looked at: more may wait than was counted. */
  readonly more?: true;
  /** Why not everything was sent. */
  readonly error?: string;
}

/** What one run of the redrive did (D26). */
export interface RedriveReport {
  readonly durationMs: number;
  readonly destinations: Readonly<Record<string, LaneReport>>;
  /** Events from Lambda's on-failure destination (D23). */
  readonly events?: LaneReport;
  /** Objects of destinations that nobody configured, by id: left alone, for a person to look at. */
  readonly unknown?: Readonly<Record<string, number>>;
  /** What the store failed with, or a bug: for a person to look at. */
  readonly errors?: readonly string[];
  /** Whether every object is accounted for. `false` is a bug. */
  readonly balanced: boolean;
}

/** Nothing done yet. */
export const noCounts = (): RedriveCounts => ({
  found: 0,
  put: 0,
  redriven: 0,
  quarantined: 0,
  expired: 0,
  vanished: 0,
  remaining: 0,
  items: 0,
  rejected: 0,
  unconfirmed: 0,
});

/** How many of those found and put are not there any more. */
export const gone = ({ redriven, quarantined, expired, vanished }: RedriveCounts): number =>
  redriven + quarantined + expired + vanished;

/** found + put = redriven + quarantined + expired + vanished + remaining */
export const addsUp = (counts: RedriveCounts): boolean => counts.found + counts.put === gone(counts) + counts.remaining;
