/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** What was read of a list, and whether there is more. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly more: boolean;
}

/** Pages may be empty, and are where logs are searched; a list that goes on like that for ever is not read for ever. */
const MAX_PAGES = 1_000;

/** Reads a list page by page until it ends, or holds `most`. */
export const listed = async <Item>(
  page: (token: string | undefined) => Promise<Page<Item>>,
  most: number,
): Promise<Listed<Item>> => {
  const items: Item[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    pages += 1;
    const { items: own, next } = await page(token);
    items.push(...own);
    // An empty token ends a list, and so does one that leads nowhere.
    token = next === '' || next === token ? undefined : next;
  } while (token !== undefined && items.length < most && pages < MAX_PAGES);
  return { items: items.slice(0, most), more: token !== undefined || items.length > most };
};

/** Does something with each, a few at once, and keeps the order. */
export const eachOf = async <Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
  atOnce = 5,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
};

/** Asks once, when it is first wanted. */
export const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
};
