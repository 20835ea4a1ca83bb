import { describe, expect, it } from 'vitest';
import { ageWarning, givenPrices, priceListOf } from './price-list.ts';
import { PRICE_NAMES, PRICES } from './prices.ts';

const NONE = new Map<never, never>();
const LATER = Date.parse('2027-08-01');
const NOW = Date.parse('2026-11-21');

describe('the table of prices', () => {
  it('has a source and a day for every price, tiers that rise in volume and fall in price', () => {
    for (const prices of Object.values(PRICES))
      for (const tiers of Object.values(prices)) {
        expect(tiers.at(-1)?.upTo).toBe(Infinity);
        for (const [index, { upTo, usd, source }] of tiers.entries()) {
          expect(source.url).toMatch(/^https:\/\/\S+$/);
          expect(new Date(source.date).toISOString()).toContain(source.date);
          expect(usd).toBeGreaterThan(0);
          expect(upTo).toBeGreaterThan(tiers[index - 1]?.upTo ?? 0);
          expect(usd).toBeLessThan(tiers[index - 1]?.usd ?? Infinity);
        }
      }
    expect(Object.keys(PRICES['us-east-1'] ?? {}).sort()).toEqual([...PRICE_NAMES].sort());
  });

  it('charges each part of a volume at its own tier', () => {
    const list = priceListOf('us-east-1', NONE);
    // 60 TB of Lambda's logs: 12 500 USD, says https://www.duckbillgroup.com/blog/lambda-logs-just-got-cheaper/.
    expect(list.costOf('logs_ingested_gb', 60_000)).toBeCloseTo(12_500, 6);
    expect(list.costOf('logs_ingested_gb', 0)).toBe(0);
    // 18 250 million requests of 4.096 GB-s: infracost's golden file of lambda_duration_18B_arm adds the same three tiers.
    expect(list.costOf('lambda_gb_second', 74_752_000_000)).toBeCloseTo(100_000.5 + 135_001.125 + 597_356.5334, 3);
  });

  it('names what a Region lacks, and what would help', () => {
    expect(() => priceListOf('eu-central-1', NONE)).toThrow(
      /^Not all prices of eu-central-1 are known\. Known are those of us-east-1 and eu-west-1.*--price lambda_request=… --price lambda_gb_second=…$/,
    );
    expect(() => priceListOf('__proto__', NONE)).toThrow('no prices of this Region');
    const given = givenPrices(
      new Map([
        ['lambda_request', 2e-7],
        ['lambda_gb_second', 1.5e-5],
      ]),
    );
    expect(priceListOf('eu-central-1', given).costOf('lambda_gb_second', 2e9)).toBeCloseTo(30_000, 6);
    expect(() => givenPrices(new Map([['gold', 1]]))).toThrow('--price knows no such price. There are lambda_request,');
  });

  it('warns of prices older than a year that were used, and of no others', () => {
    const list = priceListOf('us-east-1', NONE);
    list.costOf('logs_ingested_gb', 9_000);
    expect(ageWarning(list, NOW)).toBeUndefined();
    list.costOf('logs_ingested_gb', 11_000);
    expect(ageWarning(list, NOW)).toMatch(/older than a year, the oldest of 2025-04-30: logs_ingested_gb\./);
    const given = priceListOf('us-east-1', new Map([['logs_ingested_gb', 0.4]]));
    given.costOf('logs_ingested_gb', 1e6);
    expect(ageWarning(given, LATER)).toBeUndefined();
  });
});
