import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { REASONS, type Sid } from './reasons.ts';

/** A resource of a statement as cdk-nag names it: what is known only at deployment in angle brackets. */
const findingOf = (resource: unknown): string => {
  if (typeof resource === 'string') return resource;
  if (Array.isArray(resource)) return resource.map(findingOf).join('');
  if (typeof resource !== 'object' || resource === null) return '';
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = resource as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  return Array.isArray(join) ? findingOf(join[1]) : '';
};

/**
 * Says why there are wildcards in the resources of statements, each with the reason of its statement, so that a review by cdk-nag
 * (AwsSolutions-IAM5) sees them answered one by one and any new one unanswered.
 */
export const acknowledgeWildcards = (holder: Construct, statements: readonly PolicyStatement[]): void => {
  for (const { sid, resources } of statements) {
    const reason = REASONS[sid as Sid].why;
    for (const resource of resources) {
      const finding = findingOf(Stack.of(holder).resolve(resource));
      if (finding.includes('*'))
        Validations.of(holder).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
    }
  }
};
