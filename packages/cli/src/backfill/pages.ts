import { UsageError } from '../usage-error.ts';
import { type Ask, ParameterRefused, type Subject } from './ask.ts';
import { BackfillError } from './backfill-error.ts';
import type { Clock } from '../clock.ts';
import type { LogsApi, PageRequest, StoredLine } from './logs-api.ts';

/** What {@link pagesOf} asks, and how. */
export interface PagesOptions {
  readonly api: LogsApi;
  readonly ask: Ask;
  readonly subject: Subject;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often the first page is asked for again because a token was refused. A token is good for 24 hours: one refusal is much. */
const MAX_RESTARTS = 3;
/** CloudWatch Logs may give the token it was given, with no lines, while it still searches. */
const MAX_STANDSTILL = 60;
const STANDSTILL_MS = 1_000;

/**
 * All pages of a window, in the order they come. When a token is refused it starts again at the first page: lines then come twice,
 * and whoever reads knows them by their ids.
 */
export async function* pagesOf(
  request: PageRequest,
  { api, ask, subject, clock, signal }: PagesOptions,
): AsyncGenerator<readonly StoredLine[], void> {
  let nextToken: string | undefined;
  let restarts = 0;
  let standstill = 0;
  for (;;) {
    const asked = nextToken;
    try {
      const page = await ask(subject, (abort) =>
        api.page(asked === undefined ? request : { ...request, nextToken: asked }, abort),
      );
      if (page.lines.length > 0) yield page.lines;
      ({ nextToken } = page);
      standstill = nextToken !== undefined && nextToken === asked && page.lines.length === 0 ? standstill + 1 : 0;
    } catch (error) {
      if (!(error instanceof ParameterRefused)) throw error;
      if (asked === undefined) {
        throw new UsageError(
          `CloudWatch Logs does not accept this question about ${subject.logGroup} (${error.message}). Check --filter-pattern, --since and --until.`,
        );
      }
      if (++restarts > MAX_RESTARTS)
        throw new BackfillError(`CloudWatch Logs refuses its own tokens of pages of ${subject.logGroup}. Try later.`);
      nextToken = undefined;
      continue;
    }
    if (nextToken === undefined) return;
    if (standstill > MAX_STANDSTILL)
      throw new BackfillError(
        `CloudWatch Logs comes to no end with ${subject.logGroup}: it repeats one page. Try later.`,
      );
    if (standstill > 0) await clock.sleep(STANDSTILL_MS, signal);
  }
}
