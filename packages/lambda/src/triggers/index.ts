import type { Trigger } from '../trigger.ts';
import { alb } from './alb.ts';
import { apiGatewayV1 } from './api-gateway-v1.ts';
import { apiGatewayV2 } from './api-gateway-v2.ts';
import { appsyncEvents } from './appsync-events.ts';
import { appsync } from './appsync.ts';
import { direct } from './direct.ts';
import { dynamodb } from './dynamodb.ts';
import { eventbridge } from './eventbridge.ts';
import { functionUrl } from './function-url.ts';
import { kafka } from './kafka.ts';
import { kinesis } from './kinesis.ts';
import { s3 } from './s3.ts';
import { scheduled } from './scheduled.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { stepFunctions } from './step-functions.ts';
import { vpcLatticeV1, vpcLatticeV2 } from './vpc-lattice.ts';
import { websocket } from './websocket.ts';

/** All triggers, in the order they are asked: the first that matches describes the event, and `direct` matches everything. */
export const TRIGGERS: readonly Trigger[] = [
  // A WebSocket API's events can look like those of a REST API as well.
  websocket,
  apiGatewayV2,
  functionUrl,
  apiGatewayV1,
  alb,
  vpcLatticeV2,
  vpcLatticeV1,
  sqs,
  sns,
  s3,
  kinesis,
  dynamodb,
  kafka,
  // A schedule is an event of EventBridge, too.
  scheduled,
  eventbridge,
  appsync,
  appsyncEvents,
  stepFunctions,
  direct,
];
