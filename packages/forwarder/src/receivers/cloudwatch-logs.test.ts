import { receiverContract } from '@serverless-otlp/testing/contracts';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../types.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { RedeliverError } from './respond/redeliver.ts';

const event = { awslogs: { data: 'H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==' } };
receiverContract('cloudwatch_logs', () => cloudwatchLogs(), { kind: 'cloudwatchLogs', events: () => [event] });

describe('cloudwatch_logs', () => {
  it('hands the event on as one record, closed', () => {
    expect(cloudwatchLogs().receive(event)).toEqual([{ id: 'awslogs', data: event.awslogs.data, attributes: {} }]);
  });

  it('accepts what more AWS may put into the event', () => {
    expect(cloudwatchLogs().accepts({ awslogs: { data: '', other: 1 }, newer: true })).toBe(true);
  });

  it('throws for a retryable record, with the error as cause', () => {
    const error = new Error('collector answered 503');
    const outcomes = new Map<string, Outcome>([['awslogs', { status: 'retryable', error }]]);
    const respond = (): unknown => cloudwatchLogs().respond(outcomes, event);
    expect(respond).toThrow(RedeliverError);
    expect(respond).toThrow(/the event goes back to its source: collector answered 503/);
    expect(respond).toThrow(expect.objectContaining({ cause: error }));
  });
});
