import type { Trigger } from '../trigger.ts';
import { describeHttp2, isFunctionUrl, isHttp2 } from './parts/http2.ts';
import type { Fields } from './parts/read.ts';
import { respondHttp2 } from './parts/respond.ts';

/** A request to an HTTP API in payload format 2.0. The route is that of the route key, `$default` is none. */
export const apiGatewayV2: Trigger<Fields> = {
  name: 'api_gateway_v2',
  matches: (event): event is Fields => isHttp2(event) && !isFunctionUrl(event),
  describe: describeHttp2,
  respond: respondHttp2,
};
