import type { Message } from './table.ts';

/** In these messages the fields with presence are the members of one oneof; elsewhere they are `optional`. A test compares with the schema. */
const ONEOF_MESSAGES: ReadonlySet<string> = new Set(['AnyValue', 'Metric', 'NumberDataPoint', 'Exemplar']);

/** Whether at most one of the fields of this message that have presence may be set. */
export const isOneof = (message: Message): boolean => ONEOF_MESSAGES.has(message.name);
