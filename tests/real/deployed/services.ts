import type { InvocationResult } from '../runtime-api.ts';
import { callS3 } from './call.ts';
import { ACCOUNT, REGION } from '../aws-emulator.ts';
import type { DeployedFunction } from './function.ts';
import type { Granted, Use } from './grants.ts';
import type { Recorder } from './recorder.ts';
import { byId, type Stack } from './stack.ts';
import type { Delivered, Subscriptions } from './subscription.ts';

/** An event, and how its last invocation ended. */
export interface Delivery extends Delivered {
  readonly result: InvocationResult;
}

/** What Lambda puts into the bucket for an event that failed for good, as far as anybody reads it. */
const failedEvent = (event: unknown, error: string): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: error },
  });

/** What AWS's own services do in a deployment. */
export interface Services {
  /** What was allowed to invoke a function, and by what. */
  readonly invocations: readonly Use[];
  /** Invokes the forwarder with what its subscriptions have brought since the last time; `tries` times while it fails, as Lambda does. */
  readonly deliver: (tries?: number) => Promise<readonly Delivery[]>;
  /** Invokes the redrive as its schedule does. */
  readonly runRedrive: () => Promise<InvocationResult>;
}

/** Whom the services work with. */
export interface Actors {
  readonly recorder: Recorder;
  readonly stack: Stack;
  readonly bucket: string;
  readonly granted: Granted;
  readonly forwarder: DeployedFunction;
  readonly redrive: DeployedFunction;
  readonly subscriptions: Subscriptions;
}

/** What CloudWatch Logs, Lambda and EventBridge do, if the policies of the functions let them. Throws when they do not. */
export const servicesOf = ({
  recorder,
  stack,
  bucket,
  granted,
  forwarder,
  redrive,
  subscriptions,
}: Actors): Services => {
  const invocations: Use[] = [];
  const ask = (principal: string, resource: string, sourceArn: string): void => {
    const context = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': sourceArn };
    const request = { action: 'lambda:InvokeFunction', resource, principal, context };
    const { outcome, by } = granted.decideInvocation(request);
    if (outcome !== 'allowed') throw new Error(`${principal} may not invoke ${resource} for ${sourceArn}`);
    invocations.push({ holder: 'functions', request, by });
  };
  const give = async (delivered: Delivered, tries: number): Promise<Delivery> => {
    ask(
      'logs.amazonaws.com',
      delivered.functionArn,
      `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${delivered.logGroup}:*`,
    );
    for (let tried = 1; ; tried++) {
      const result = await forwarder.invoke(delivered.event);
      if ('error' in result && tried < tries) continue;
      return { ...delivered, result };
    }
  };
  const giveUp = async ({ event, result }: Delivery): Promise<void> => {
    if (!('error' in result)) return;
    const key = `aws/lambda/async/${forwarder.name}/2026/11/21/2026-11-21T10.00.00-${crypto.randomUUID()}`;
    await callS3(
      recorder.endpoint,
      'PUT',
      `${bucket}/${key}`,
      failedEvent(event, result.error.errorMessage),
      forwarder.role,
    );
  };
  return {
    invocations,
    deliver: async (tries = 1): Promise<readonly Delivery[]> => {
      const deliveries: Delivery[] = [];
      for (const delivered of await subscriptions.receive()) deliveries.push(await give(delivered, tries));
      await forwarder.writeLog();
      recorder.refuse = undefined;
      for (const delivery of deliveries) await giveUp(delivery);
      return deliveries;
    },
    runRedrive: async (): Promise<InvocationResult> => {
      const rule = byId(stack, 'Schedule');
      ask(
        'events.amazonaws.com',
        `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${redrive.name}`,
        `arn:aws:events:${REGION}:${ACCOUNT}:rule/${rule.physicalId ?? ''}`,
      );
      const result = await redrive.invoke({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
      await redrive.writeLog();
      return result;
    },
  };
};
