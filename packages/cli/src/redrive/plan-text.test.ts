import { describe, expect, it } from 'vitest';
import { planText } from './plan-text.ts';

const none = { objects: 0, items: 0, bytes: 0 };
const fates = { send: {}, expire: {}, quarantine: {}, leave: {} };

describe('planText', () => {
  it('says what would be sent, expire, be set aside and be left', () => {
    const text = planText({
      destinations: {
        'otlp_http/a': {
          send: {
            traces: { objects: 12, items: 340, bytes: 5_000 },
            logs: { objects: 1, items: 1, bytes: 10 },
          },
          expire: { traces: { objects: 2, items: 3, bytes: 4 } },
          quarantine: { metrics: { objects: 1, items: 0, bytes: 9 } },
          leave: { metrics: { objects: 1, items: 0, bytes: 9 } },
        },
        b: fates,
      },
      events: { send: { objects: 3, items: 0, bytes: 9_000 }, expire: none, quarantine: { ...none, objects: 1 } },
      unknown: { 'old\u001b': 4 },
    });
    expect(text).toBe(
      [
        'otlp_http/a: traces: 12 objects, 340 items, 5.0 kB would be sent',
        'otlp_http/a: logs: 1 object, 1 item, 10 B would be sent',
        'otlp_http/a: traces: 2 objects, 3 items, 4 B would expire: too old',
        'otlp_http/a: metrics: 1 object, 0 items, 9 B would move to the quarantine: damaged, not for this destination any more, or failed too often',
        'otlp_http/a: metrics: 1 object, 0 items, 9 B would stay: damaged',
        'b: nothing waits',
        'events: 3 objects, 9.0 kB would go through the whole pipeline',
        'events: 1 object, 0 B would move to the quarantine: damaged, not for this destination any more, or failed too often',
        'old\\x1b: 4 objects would be left alone: no exporter has this id',
        'Nothing was sent or moved.',
        '',
      ].join('\n'),
    );
  });
});
