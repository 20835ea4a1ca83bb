import { Annotations, ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * Log groups under a key of one's own need a statement in its policy. That of a key from elsewhere cannot be changed here: then a
 * warning says what is missing.
 *
 * Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service".
 */
export const allowLogs = (scope: Construct, key: IKey): void => {
  const stack = Stack.of(scope);
  const { statementAdded } = key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'], // in the policy of a key: this key
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  if (!statementAdded)
    Annotations.of(scope).addWarningV2(
      '@serverless-otlp/cdk:key-policy',
      'encryptionKey was imported: its policy must let logs.amazonaws.com of this Region use it, or the log groups cannot be made',
    );
};
