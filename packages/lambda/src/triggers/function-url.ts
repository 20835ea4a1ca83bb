import type { Trigger } from '../trigger.ts';
import { describeHttp2, isFunctionUrl, isHttp2 } from './parts/http2.ts';
import type { Fields } from './parts/read.ts';
import { respondHttp2 } from './parts/respond.ts';

/** A request to a function's own URL. It has no routes: the span's name is the method. */
export const functionUrl: Trigger<Fields> = {
  name: 'function_url',
  matches: (event): event is Fields => isHttp2(event) && isFunctionUrl(event),
  describe: describeHttp2,
  respond: respondHttp2,
};
