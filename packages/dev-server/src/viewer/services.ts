import type { Style } from '../config/terminal.ts';

/** Tell apart for most colour-blind people too; red is not among them, it means failure. */
const STYLES: readonly Style[] = [
  'cyan',
  'yellow',
  'magenta',
  'blue',
  'green',
  'cyanBright',
  'yellowBright',
  'magentaBright',
];

/** The colour of a service: the same one every time, by its name. */
export const serviceStyle = (service: string): Style => {
  let hash = 5381;
  for (const character of service) hash = (Math.imul(hash, 33) + (character.codePointAt(0) ?? 0)) | 0;
  return STYLES[Math.abs(hash) % STYLES.length] ?? 'cyan';
};
