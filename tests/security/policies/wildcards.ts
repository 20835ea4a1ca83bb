/** `*` any characters, none too; `?` one; everything else itself. `${*}`, `${?}` and `${$}` are the characters. */
const pattern = (text: string, flags: string): RegExp => {
  const parts = text.split(/(\$\{[*?$]\}|[*?])/).map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const literal = /^\$\{([*?$])\}$/.exec(part)?.[1] ?? part;
    return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, `s${flags}`);
};

/** Whether text is like a pattern with wildcards. */
export const isLike = (text: string, like: string): boolean => pattern(like, '').test(text);

/** The same for actions, whose case does not matter. */
export const isAction = (action: string, like: string): boolean => pattern(like, 'i').test(action);

const SEGMENTS = 6;

/** partition, service, Region, account and resource; the last one holds all further colons. */
const segmentsOf = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, SEGMENTS - 1), parts.slice(SEGMENTS - 1).join(':')];
};

/** Whether an ARN is like a pattern: segment by segment, so that no wildcard reaches over a colon but in the resource. */
export const isArn = (arn: string, like: string): boolean => {
  if (like === '*') return true;
  const [found, wanted] = [segmentsOf(arn), segmentsOf(like)];
  return wanted.length === found.length && wanted.every((segment, index) => isLike(found[index] ?? '', segment));
};
