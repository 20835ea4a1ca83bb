import { type Fields, listAt, textAt } from './read.ts';

/** The `Records` of an event. */
export const recordsOf = (event: unknown): readonly unknown[] => listAt(event, 'Records');

/** Whether all records of an event are from one source: the first says which, a batch is never mixed. */
export const isFrom = (event: unknown, source: string): event is Fields => {
  const [first] = recordsOf(event);
  return textAt(first, 'eventSource') === source || textAt(first, 'EventSource') === source;
};
