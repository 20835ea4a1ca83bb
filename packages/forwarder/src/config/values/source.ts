/** What became of one name: its value, or why there is none. */
export type Found =
  | { readonly value: string }
  /** `problem` is for a person: what is wrong and what to do, without secrets. `permanent`: only a person can change it. */
  | { readonly problem: string; readonly permanent: boolean };

/** Where values are kept that a configuration refers to. */
export interface ValueSource {
  /**
   * Reads all of these names, each once. Never rejects: a name that cannot be read tells why. `timeoutMs` is for all together. `fresh`
   * asks for what is there now, past every cache on the way: the value known so far was just refused.
   */
  read(
    names: readonly string[],
    timeoutMs: number,
    options?: { readonly fresh?: boolean },
  ): Promise<ReadonlyMap<string, Found>>;
}
