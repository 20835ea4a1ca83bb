import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { subscriptionEvent } from './subscription-event.ts';

describe('subscriptionEvent', () => {
  it('is what CloudWatch Logs sends: base64 of gzip of JSON', () => {
    const logEvents = [{ id: '1', timestamp: 5, message: 'ü' }];
    const { awslogs } = subscriptionEvent(logEvents, { logGroup: '/aws/lambda/f', logStream: 's' });
    expect(JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString())).toEqual({
      messageType: 'DATA_MESSAGE',
      owner: '000000000000',
      logGroup: '/aws/lambda/f',
      logStream: 's',
      subscriptionFilters: ['serverless-otlp'],
      logEvents,
    });
  });
});
