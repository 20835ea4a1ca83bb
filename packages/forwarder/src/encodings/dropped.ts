/** More is no count of lines but a lie. */
const MAX_DROPPED = 1_000_000_000;

/** How many lines a function says it could not write before this one, if any (E4). */
export const droppedOf = ({ dropped }: Readonly<Record<string, unknown>>): { readonly dropped?: number } =>
  Number.isInteger(dropped) && (dropped as number) > 0 && (dropped as number) <= MAX_DROPPED
    ? { dropped: dropped as number }
    : {};
