/** Where a price was read, and the day it held. */
export interface Source {
  readonly url: string;
  /** The day the price held, as the source says: `2026-09-06`. */
  readonly date: string;
}

/** What one unit costs up to a volume of a month, in USD. */
export interface Tier {
  readonly upTo: number;
  readonly usd: number;
  readonly source: Source;
}

/** What AWS bills, by the name that `--price` takes; the unit is part of the name. */
export const PRICE_NAMES = [
  'lambda_request',
  'lambda_gb_second',
  'logs_ingested_gb',
  'logs_stored_gb_month',
  's3_write',
  's3_read',
  'metric_month',
  'alarm_month',
  'dashboard_month',
] as const;
export type PriceName = (typeof PRICE_NAMES)[number];

/** The prices of one Region, as far as they were found. */
export type RegionPrices = Readonly<Partial<Record<PriceName, readonly Tier[]>>>;

/** Readings of AWS's price list by others; AWS's own pages show their prices to a browser only. */
const OCEL: Source = {
  url: 'https://github.com/ocelhq/ocel/blob/b3c9bd183e2819af60cff7865e8826228066fb89/docs/research/price-book.md',
  date: '2026-09-06',
};
const SDLC =
  'https://github.com/mamtha4u/SDLC/blob/45b7bae453281a7599bcbe863f7e547e2fd5e1ef/backend/config/pricing_eu-west-1.json';
const IRELAND_LAMBDA: Source = { url: SDLC, date: '2026-10-01' };
const IRELAND_CLOUDWATCH: Source = { url: SDLC, date: '2026-09-22' };
const DUCKBILL: Source = {
  url: 'https://github.com/DuckbillGroup/CloudWatchCashBack/blob/2ee064bb4fd363b1136026276f4356b78792cf07/cloudwatch_pricing.json',
  date: '2025-04-30',
};
const C3X: Source = { url: 'https://c3x.dev/blog/cloudwatch-logs-cost-optimization', date: '2026-06-01' };
const SIGNOZ: Source = { url: 'https://signoz.io/guides/cloudwatch-pricing', date: '2026-02-15' };
const API_EVANGELIST: Source = {
  url: 'https://github.com/api-evangelist/cloudwatch/blob/30bb380939bcd1e85b3a559693ce98743485de92/plans/cloudwatch-plans-pricing.yml',
  date: '2026-05-05',
};

const FACTUAL_MINDS: Source = {
  url: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  date: '2026-06-13',
};

const flat = (usd: number, source: Source): readonly Tier[] => [{ upTo: Infinity, usd, source }];

/** arm64. The tiers are the same in both Regions. */
const armSeconds = (source: Source): readonly Tier[] => [
  { upTo: 7_500_000_000, usd: 0.0000133334, source },
  { upTo: 18_750_000_000, usd: 0.0000120001, source },
  { upTo: Infinity, usd: 0.0000106667, source },
];

/** What Lambda's logs cost in the class Standard, the only one that can be subscribed to: 10, 20 and 20 TB, and all above. */
const ingested = (usd: readonly [number, number, number, number], first: Source = DUCKBILL): readonly Tier[] => [
  { upTo: 10_000, usd: usd[0], source: first },
  { upTo: 30_000, usd: usd[1], source: DUCKBILL },
  { upTo: 50_000, usd: usd[2], source: DUCKBILL },
  { upTo: Infinity, usd: usd[3], source: DUCKBILL },
];

/** Regions of which the prices of CloudWatch alone were found: those of Lambda have to be given. */
const cloudWatchAlone = (usd: readonly [number, number, number, number], stored: number): RegionPrices => ({
  logs_ingested_gb: ingested(usd),
  logs_stored_gb_month: flat(stored, DUCKBILL),
  metric_month: flat(0.3, DUCKBILL),
  alarm_month: flat(0.1, DUCKBILL),
  dashboard_month: flat(3, DUCKBILL),
});

/** List prices in USD without tax, by Region. To renew one: change the price, its source and the date together. */
export const PRICES: Readonly<Record<string, RegionPrices>> = {
  'us-east-1': {
    lambda_request: flat(0.000_000_2, OCEL),
    lambda_gb_second: armSeconds(OCEL),
    logs_ingested_gb: ingested([0.5, 0.25, 0.1, 0.05], C3X),
    logs_stored_gb_month: flat(0.03, C3X),
    s3_write: flat(0.000_005, OCEL),
    s3_read: flat(0.000_000_4, OCEL),
    metric_month: flat(0.3, SIGNOZ),
    alarm_month: flat(0.1, API_EVANGELIST),
    dashboard_month: flat(3, FACTUAL_MINDS),
  },
  'eu-west-1': {
    lambda_request: flat(0.000_000_2, IRELAND_LAMBDA),
    lambda_gb_second: armSeconds(IRELAND_LAMBDA),
    logs_ingested_gb: ingested([0.57, 0.285, 0.114, 0.057], IRELAND_CLOUDWATCH),
    logs_stored_gb_month: flat(0.03, IRELAND_CLOUDWATCH),
    metric_month: flat(0.3, DUCKBILL),
    alarm_month: flat(0.1, IRELAND_CLOUDWATCH),
    dashboard_month: flat(3, DUCKBILL),
  },
  'us-east-2': cloudWatchAlone([0.5, 0.25, 0.1, 0.05], 0.03),
  'us-west-2': cloudWatchAlone([0.5, 0.25, 0.1, 0.05], 0.03),
  'eu-central-1': cloudWatchAlone([0.63, 0.315, 0.126, 0.063], 0.0324),
  'eu-north-1': cloudWatchAlone([0.54, 0.271, 0.108, 0.054], 0.028),
};
