import { visible } from './visible.ts';

/** Makes text from telemetry printable: safe always, and ASCII where the terminal shows nothing else. */
export const printable =
  (unicode: boolean): ((text: string) => string) =>
  (text) =>
    unicode ? visible(text) : visible(text).replace(/[^\x20-\x7e]/gu, '?');
