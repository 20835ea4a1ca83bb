import { type OriginRule, originMatcher } from '../match.ts';
import type { Processor } from '../types.ts';

/**
 * Keeps or drops telemetry by where it comes from: owning account, log group and log stream, as CloudWatch tells them. Never by what
 * the telemetry says of itself.
 *
 * @example filter({ include: { owner: ['123456789012'] }, exclude: { logGroup: ['/aws/lambda/dev-*'] } })
 */
export const filter = (rule: OriginRule): Processor => {
  const matches = originMatcher(rule);
  return { name: 'filter', process: (telemetry) => telemetry.filter(({ metadata }) => matches(metadata)) };
};
