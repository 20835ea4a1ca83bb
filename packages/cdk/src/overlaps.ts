import { Stack, Token } from 'aws-cdk-lib';
import { CfnAccountPolicy, CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { AllLogGroups } from './subscriptions.ts';

/** Account and Region, or the stack where these are not known: what can have one subscription policy. */
const placeOf = (node: IConstruct): string => {
  const { account, region, environment, node: stack } = Stack.of(node);
  return Token.isUnresolved(account) || Token.isUnresolved(region) ? stack.path : environment;
};

const isSecond = (policy: CfnAccountPolicy, node: IConstruct): boolean =>
  node instanceof CfnAccountPolicy &&
  node !== policy &&
  node.policyType === policy.policyType &&
  placeOf(node) === placeOf(policy);

const bringsTwice = (policy: CfnAccountPolicy, except: readonly string[], node: IConstruct): boolean =>
  node instanceof CfnSubscriptionFilter &&
  node.filterPattern.includes('__otel_otlp_stdout') &&
  !except.includes(node.logGroupName) &&
  placeOf(node) === placeOf(policy);

/**
 * Refuses, when the app is synthesised, what would deliver lines twice beside the policy of the account: filters on single log groups
 * that bring telemetry too, and a second policy, of which AWS allows one in each account and Region. What a condition of the template
 * decides is left to its author.
 */
export const refuseOverlaps = (policy: CfnAccountPolicy, { except = [] }: AllLogGroups): void => {
  policy.node.addValidation({
    validate: () => {
      if (policy.cfnOptions.condition !== undefined) return [];
      const all = policy.node.root.node.findAll();
      const twice = all.filter((node) => bringsTwice(policy, except, node));
      const second = all.filter((node) => isSecond(policy, node));
      return [
        ...twice.map(
          ({ node }) => `${node.path} brings what the policy of the account brings: put it into except, or drop it`,
        ),
        ...second.map(
          ({ node }) => `${node.path} is a subscription policy, too: AWS allows one in each account and Region`,
        ),
      ];
    },
  });
};
