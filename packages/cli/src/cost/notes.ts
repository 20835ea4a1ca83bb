import type { Assumptions } from './assumptions.ts';
import type { PriceList } from './price-list.ts';

/** Every assumption with its value, and why; those given say so. */
export const assumptionsText = (assumed: Assumptions): string =>
  Object.values(assumed)
    .map(({ name, value, why }) => `  ${name}=${value}  ${why}\n`)
    .join('');

/** A price as the price list writes it, without an exponent. */
const priceText = (usd: number): string => usd.toFixed(12).replace(/\.?0+$/, '');

/** Every price that was used, with its source and day. */
export const pricesText = (list: PriceList): string =>
  list
    .used()
    .map(({ name, usd, source }) => {
      const where = source === undefined ? 'as given' : `${source.date}  ${source.url}`;
      return `  ${name}=${priceText(usd)}  ${where}\n`;
    })
    .join('');
