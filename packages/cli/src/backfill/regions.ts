import { cloudwatch, type CloudWatchOptions } from './cloudwatch.ts';
import type { LogsApi } from './logs-api.ts';

/** CloudWatch Logs in the Region of a log group; without one, in that of the options. One client each. */
export const createRegions = ({ region, endpointUrl }: CloudWatchOptions): ((own?: string) => Promise<LogsApi>) => {
  const apis = new Map<string | undefined, Promise<LogsApi>>();
  return (own = region) => {
    const api =
      apis.get(own) ??
      cloudwatch({
        ...(own === undefined ? {} : { region: own }),
        ...(endpointUrl === undefined ? {} : { endpointUrl }),
      });
    apis.set(own, api);
    return api;
  };
};
