import { type Field, FIXED32, FIXED64, LENGTH, type Message, VARINT } from './table.ts';

/** What to check behind a tag. From `SKIP_BYTES` on, a length follows. */
export const SKIP_VARINT = 1;
export const SKIP_FIXED64 = 2;
export const SKIP_FIXED32 = 3;
export const SKIP_BYTES = 4;
export const CHECK_STRING = 5;
const CHECK_ID = 6;
const CHECK_PACKED = 7;
export const ENTER = 8;
/** As `ENTER`, into a `KeyValue`. */
export const ENTER_ATTRIBUTE = 9;

/** A message as this pass needs it: one array lookup per tag instead of a chain of comparisons on the field. */
export interface Plan {
  readonly message: Message;
  readonly items: number;
  /** By tag, for tags of one byte. 0: not allowed. */
  readonly rules: Uint8Array;
  /** By field number; filled on first use, because `AnyValue` holds itself. */
  readonly children: (Child | undefined)[];
}

interface Child {
  readonly plan: Plan;
  /** The field is a member of a oneof of messages. */
  readonly inOneof: boolean;
}

const SKIP_UNKNOWN: Readonly<Record<number, number>> = {
  [VARINT]: SKIP_VARINT,
  [FIXED64]: SKIP_FIXED64,
  [FIXED32]: SKIP_FIXED32,
  [LENGTH]: SKIP_BYTES,
};

/** What to check behind this tag; 0 when it is not allowed. */
export const ruleOf = (message: Message, tag: number): number => {
  const field = message.byNumber[tag >>> 3];
  const wireType = tag & 7;
  if (tag >>> 3 === 0) return 0;
  if (field === undefined || (field.wireType === wireType && wireType !== LENGTH)) return SKIP_UNKNOWN[wireType] ?? 0;
  if (wireType !== LENGTH) return 0;
  if (field.wireType !== LENGTH) return field.repeated ? CHECK_PACKED : 0;
  if (field.message !== undefined) return field.message.name === 'KeyValue' ? ENTER_ATTRIBUTE : ENTER;
  return field.kind === 's' ? CHECK_STRING : field.kind === 'B' ? SKIP_BYTES : CHECK_ID;
};

const plans = new Map<Message, Plan>();

/** The plan of a message, made once. */
export const planOf = (message: Message): Plan => {
  let plan = plans.get(message);
  if (plan === undefined) {
    const rules = Uint8Array.from({ length: 128 }, (_, tag) => ruleOf(message, tag));
    plans.set(message, (plan = { message, items: message.isItem ? 1 : 0, rules, children: [] }));
  }
  return plan;
};

/** The field of a tag. */
export const fieldOf = ({ message }: Plan, tag: number): Field | undefined => message.byNumber[tag >>> 3];

/** What lies below a field that is a message. */
export const childOf = (plan: Plan, tag: number): Child => {
  const field = fieldOf(plan, tag);
  if (field?.message === undefined) throw new Error('the plan enters a field that is no message');
  return { plan: planOf(field.message), inOneof: field.presence };
};
