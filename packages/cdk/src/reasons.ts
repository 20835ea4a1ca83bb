/** Whose role a statement is in: the forwarder's, the redrive's, or both. */
export type Holder = 'forwarder' | 'redrive' | 'both';

/** Why a statement is there, and who gets it when. */
export interface Reason {
  readonly holder: Holder;
  /** When it is granted, in words. */
  readonly when: string;
  readonly why: string;
}

/** The id of a statement. */
export type Sid =
  | 'OwnLog'
  | 'KeepDeadLetters'
  | 'KeepFailedEvents'
  | 'FailedEventsBucket'
  | 'ReadDeadLetters'
  | 'MoveDeadLetters'
  | 'RemoveDeadLetters'
  | 'ListDeadLetters'
  | 'EncryptDeadLetters'
  | 'DecryptVariables'
  | 'ReadConfiguration'
  | 'ReadSecrets'
  | 'ReadParameters'
  | 'DecryptValues'
  | 'ReadPrefixedSecrets'
  | 'ListSecrets'
  | 'SendTraces'
  | 'SendMetrics'
  | 'SendLogs'
  | 'AssumeRoles'
  | 'NetworkInterfaces'
  | 'NetworkInterfacesByLambdaAlone';

/**
 * Every statement there may be in the roles of the two functions, by its Sid. A test proves that there is no other, and that each is
 * granted only when it says; docs/security.md is checked against it.
 */
export const REASONS: Readonly<Record<Sid, Reason>> = {
  OwnLog: { holder: 'both', when: 'always', why: 'its report, its metrics and what Lambda says of it' },
  KeepDeadLetters: { holder: 'forwarder', when: 'always', why: 'what a destination did not take, what cannot be read' },
  KeepFailedEvents: {
    holder: 'forwarder',
    when: 'always',
    why: 'Lambda puts events that failed for good into the bucket with the role of the function',
  },
  FailedEventsBucket: {
    holder: 'forwarder',
    when: 'always',
    why: 'Lambda asks for it before it takes a bucket as on-failure destination',
  },
  ReadDeadLetters: { holder: 'redrive', when: 'always', why: 'what waits, what Lambda gave up, and the journal' },
  MoveDeadLetters: {
    holder: 'redrive',
    when: 'always',
    why: 'the journal; what expired or was refused alone; what is left of an event that is sent again',
  },
  RemoveDeadLetters: { holder: 'redrive', when: 'always', why: 'what was delivered or moved' },
  ListDeadLetters: { holder: 'redrive', when: 'always', why: 'to find what waits' },
  EncryptDeadLetters: {
    holder: 'both',
    when: 'with encryptionKey',
    why: 'objects in the bucket are under that key; only the redrive opens them',
  },
  DecryptVariables: {
    holder: 'both',
    when: 'with encryptionKey',
    why: 'variables of the functions are under that key',
  },
  ReadConfiguration: {
    holder: 'both',
    when: 'with a configuration that is kept in S3',
    why: 'that object, when an environment starts and every five minutes',
  },
  ReadSecrets: {
    holder: 'both',
    when: 'for each secret that the configuration refers to, or that is the configuration',
    why: 'its value, when an environment starts, every five minutes and after a 401 or 403',
  },
  ReadParameters: {
    holder: 'both',
    when: 'with destinations, and for each parameter that the configuration refers to, or that is the configuration',
    why: 'the configuration and its values, when an environment starts and every five minutes',
  },
  DecryptValues: {
    holder: 'both',
    when: 'where secrets or parameters are under keys of your own',
    why: 'Secrets Manager and Systems Manager open them with the rights of the role',
  },
  ReadPrefixedSecrets: { holder: 'both', when: 'with secretsPrefix', why: 'each of those secrets is a destination' },
  ListSecrets: {
    holder: 'both',
    when: 'with secretsPrefix',
    why: 'to find them. AWS grants both actions on all resources alone: hence the Region as condition; the second shows the names of all secrets in it',
  },
  SendTraces: {
    holder: 'both',
    when: 'with a destination that is the OTLP endpoint of X-Ray',
    why: 'to send spans there. AWS grants these actions on all resources alone: hence the Region as condition',
  },
  SendMetrics: {
    holder: 'both',
    when: 'with a destination that is the OTLP endpoint of CloudWatch',
    why: 'to send metrics there. AWS grants this action on all resources alone: hence the Region as condition',
  },
  SendLogs: {
    holder: 'both',
    when: 'with a destination that is the OTLP endpoint of CloudWatch Logs',
    why: 'to send log records to the log group that its header names',
  },
  AssumeRoles: { holder: 'both', when: 'with auth.sigv4.role_arn', why: 'the destination wants that role' },
  NetworkInterfaces: {
    holder: 'both',
    when: 'with network',
    why: 'Lambda connects the function to the subnets with its role. AWS grants the descriptions on all resources alone, and Lambda tries all of these: hence the Region as condition',
  },
  NetworkInterfacesByLambdaAlone: {
    holder: 'both',
    when: 'with network',
    why: 'takes that from the code of the function: only Lambda itself may',
  },
};
