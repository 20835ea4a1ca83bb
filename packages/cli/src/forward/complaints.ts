import type { Metadata, Report } from '@serverless-otlp/forwarder';
import { visible } from '@serverless-otlp/dev-server';

/** Different complaints beyond this are not repeated line by line; the report counts them all. */
const MAX_COMPLAINTS = 50;

/** What there may be to complain about. */
export type Complainable = Pick<Report, 'lines' | 'faults' | 'errors'>;

/** Tells what goes wrong while it goes wrong, each thing once. */
export type Complain = (report: Complainable) => readonly string[];

/** New complaints of a report, as lines; `nameOf` turns the id and the source of a log event into what a person can find. */
export const complaints = (nameOf: (id: string, source: Metadata) => string): Complain => {
  const seen = new Set<string>();
  const news = (text: string): readonly string[] => {
    if (seen.has(text) || seen.size > MAX_COMPLAINTS) return [];
    seen.add(text);
    return [seen.size > MAX_COMPLAINTS ? 'more problems follow; the report counts them' : visible(text)];
  };
  return ({ lines, faults = [], errors = [] }) => [
    ...faults.flatMap(({ reason, message, source }) =>
      news(`${nameOf(source['id'] ?? '', source)}: not forwarded (${reason}): ${message}`),
    ),
    ...(lines.quarantined > faults.length ? news(`${lines.quarantined - faults.length} more lines not forwarded`) : []),
    ...errors.flatMap(({ destination, error }) => news(`${destination}: ${error}`)),
  ];
};
