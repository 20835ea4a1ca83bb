import { Effect, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { Sid } from './reasons.ts';

/** A statement with its id; why it is there says `reasons.ts`. */
export const statement = (sid: Sid, props: Omit<PolicyStatementProps, 'sid'>): PolicyStatement =>
  new PolicyStatement({ effect: Effect.ALLOW, ...props, sid });
