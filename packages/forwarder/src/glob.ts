/**
 * A matcher for a literal or a glob: `*` is any run of characters, `?` exactly one; everything else is literal. Case matters.
 * Linear in the length of text times stars, unlike a regular expression an operator could get wrong.
 */
export const globMatcher = (pattern: string): ((text: string) => boolean) => {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return (text) => {
    let position = 0;
    let index = 0;
    let star = -1;
    let resume = 0;
    while (position < text.length) {
      const wanted = pattern[index];
      if (wanted === '*') {
        star = index++;
        resume = position;
      } else if (wanted === '?' || wanted === text[position]) {
        index++;
        position++;
      } else if (star >= 0) {
        index = star + 1;
        position = ++resume;
      } else {
        return false;
      }
    }
    while (pattern[index] === '*') index++;
    return index === pattern.length;
  };
};
