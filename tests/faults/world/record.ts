import type { Signal } from '@serverless-otlp/otlp';

/** One request as a server saw it. Everything the suite proves is computed from these. */
export interface RequestRecord {
  readonly destination: string;
  readonly signal: Signal;
  /** Of the environment that sent it. */
  readonly environment: string;
  /** The ids it carried, in order. */
  readonly ids: readonly number[];
  /** Hash of its uncompressed body. */
  readonly hash: string;
  /** 0 when it was not answered. */
  readonly status: number;
  /** The ids that are the destination's now. */
  readonly taken: readonly number[];
  /** The ids it refused in a partial success. */
  readonly rejected: readonly number[];
  /** Whether the whole answer was handed to the connection; unknown while the request is open. */
  answered: boolean | undefined;
  /** The client closed the connection after the answer, and asked nothing more on it: for the client, it may have come too late. */
  abandoned: boolean;
}

/** Whether the client may not know that the ids are taken, by no fault of its own. */
export const isUnsure = ({ answered, abandoned }: RequestRecord): boolean => answered !== true || abandoned;
