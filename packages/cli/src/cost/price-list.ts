import { UsageError } from '../usage-error.ts';
import { PRICE_NAMES, type PriceName, PRICES, type RegionPrices, type Source, type Tier } from './prices.ts';

/** What a quantity costs, and what was looked up for it. */
export interface PriceList {
  readonly region: string;
  /** USD for so many units a month; `undefined` where nobody found the price. */
  readonly costOf: (name: PriceName, quantity: number) => number | undefined;
  /** The prices that were used so far, with their sources; of a given one there is none. */
  readonly used: () => readonly { readonly name: PriceName; readonly usd: number; readonly source?: Source }[];
}

/** Without these there is no calculation; what the others are for can be left out. */
const NEEDED: readonly PriceName[] = ['lambda_request', 'lambda_gb_second', 'logs_ingested_gb', 'logs_stored_gb_month'];

const isPriceName = (name: string): name is PriceName => PRICE_NAMES.some((known) => known === name);

/** What `--price name=usd` says. @throws {UsageError} */
export const givenPrices = (given: ReadonlyMap<string, number>): ReadonlyMap<PriceName, number> => {
  const prices = new Map<PriceName, number>();
  for (const [name, usd] of given) {
    if (!isPriceName(name)) throw new UsageError(`--price knows no such price. There are ${PRICE_NAMES.join(', ')}.`);
    prices.set(name, usd);
  }
  return prices;
};

const regionPrices = (region: string, given: ReadonlyMap<PriceName, number>): RegionPrices => {
  const found = Object.hasOwn(PRICES, region) ? PRICES[region] : undefined;
  const missing = NEEDED.filter((name) => !given.has(name) && found?.[name] === undefined);
  if (missing.length === 0) return found ?? {};
  const wanted = missing.map((name) => `--price ${name}=…`).join(' ');
  const known = Object.keys(PRICES).filter((name) => NEEDED.every((price) => PRICES[name]?.[price] !== undefined));
  throw new UsageError(
    `${found === undefined ? 'There are no prices of this Region' : `Not all prices of ${region} are known`}. Known are those of ${known.join(' and ')}; for another Region, look up the list price in USD and give ${wanted}`,
  );
};

/** The prices of a Region; those given replace those of the table. @throws {UsageError} for a Region of which too little is known. */
export const priceListOf = (region: string, given: ReadonlyMap<PriceName, number>): PriceList => {
  const table = regionPrices(region, given);
  const used = new Map<string, { readonly name: PriceName; readonly usd: number; readonly source?: Source }>();
  const tiersOf = (name: PriceName): readonly (Tier | Omit<Tier, 'source'>)[] | undefined => {
    const usd = given.get(name);
    return usd === undefined ? table[name] : [{ upTo: Infinity, usd }];
  };
  const costOf = (name: PriceName, quantity: number): number | undefined => {
    const tiers = tiersOf(name);
    if (tiers === undefined) return undefined;
    let from = 0;
    let cost = 0;
    for (const tier of tiers) {
      const units = Math.min(quantity, tier.upTo) - from;
      if (units <= 0) break;
      cost += units * tier.usd;
      from = tier.upTo;
      used.set(`${name} ${tier.upTo}`, { name, usd: tier.usd, ...('source' in tier && { source: tier.source }) });
    }
    return cost;
  };
  return { region, costOf, used: () => [...used.values()] };
};

const YEAR_MS = 365 * 86_400_000;

/** One sentence when prices that were used are older than a year. */
export const ageWarning = (list: PriceList, nowMs: number): string | undefined => {
  const old = list.used().filter(({ source }) => source !== undefined && nowMs - Date.parse(source.date) > YEAR_MS);
  if (old.length === 0) return undefined;
  const names = [...new Set(old.map(({ name }) => name))];
  const [oldest = ''] = old.map(({ source }) => source?.date ?? '').sort();
  return `These prices are older than a year, the oldest of ${oldest}: ${names.join(', ')}. Look them up and give them with --price.`;
};
