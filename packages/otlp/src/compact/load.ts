import { InvalidOtlpError } from '../invalid-otlp-error.ts';

/** Decompresses into at most so many bytes. @throws {InvalidOtlpError} */
export type Inflate = (packed: Uint8Array, maxBytes: number) => Uint8Array;

let inflate: Inflate | undefined;
let loading: Promise<void> | undefined;

/** Makes compact lines readable. The dictionary is a chunk of its own, because most readers never see such a line. */
export const loadCompact = (): Promise<void> =>
  (loading ??= import('./inflate.ts').then((module) => {
    inflate = module.inflateCompact;
  }));

/** What reads compact payloads. The first call only begins to load it. @throws {InvalidOtlpError} `unsupported` until it is there. */
export const compactInflate = (): Inflate => {
  if (inflate !== undefined) return inflate;
  void loadCompact();
  throw new InvalidOtlpError('unsupported', 'compact');
};

/** Set while a compact line waits for {@link loadCompact}: whoever awaits it can read the line again. */
export const compactLoading = (): Promise<void> | undefined => (inflate === undefined ? loading : undefined);
