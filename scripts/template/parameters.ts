import { CfnParameter, type CfnParameterProps, type Stack } from 'aws-cdk-lib';

/** Slots for log groups in the template: CloudFormation cannot repeat a resource for each member of a list. */
export const LOG_GROUP_SLOTS = 10;

const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Names of the parameters. */
type Name =
  | 'CodeBucket'
  | 'CodeKey'
  | 'Endpoint'
  | 'Headers'
  | 'SecretArns'
  | 'ConfigParameter'
  | 'SecretsPrefix'
  | 'AllLogGroups'
  | 'LogGroups'
  | 'Filter'
  | 'ReservedConcurrency'
  | 'MemorySize'
  | 'LogRetentionDays'
  | 'AlarmTopicArn'
  | 'WatchedDestination'
  | 'KmsKeyArn'
  | 'SubnetIds'
  | 'SecurityGroupIds';

const PARAMETERS: Readonly<Record<Name, CfnParameterProps>> = {
  CodeBucket: {
    type: 'String',
    description: 'Bucket in this Region that holds forwarder.zip.',
    allowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    constraintDescription: 'must be the name of a bucket',
  },
  CodeKey: {
    type: 'String',
    description: 'Key of forwarder.zip in that bucket. Name it after the version: a new key is an upgrade.',
    default: 'forwarder.zip',
    allowedPattern: '^.{1,1024}$',
    constraintDescription: 'must be the key of an object',
  },
  Endpoint: {
    type: 'String',
    description:
      'Where telemetry is sent: base URL of a collector or backend that speaks OTLP/HTTP, such as https://collector.example:4318. Empty with ConfigParameter.',
    default: '',
    allowedPattern: '^(https?://[^\\s]+)?$',
    constraintDescription: 'must be an http:// or https:// URL',
  },
  Headers: {
    type: 'String',
    description:
      'Headers for Endpoint, name=value, separated by commas. Refer to secrets: api-key=${secretsmanager:otlp/vendor#api-key}. Who may read the function reads plain values.',
    default: '',
  },
  SecretArns: {
    type: 'CommaDelimitedList',
    description:
      'Secrets that Headers or the configuration refer to, by their whole ARNs. The functions may read these and no others.',
    default: '',
    allowedPattern: '^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^*\\s]+)?$',
    constraintDescription: 'must be ARNs of secrets',
  },
  ConfigParameter: {
    type: 'String',
    description:
      'Name of a Systems Manager parameter that holds a configuration (JSON or YAML), instead of Endpoint: several destinations, authentication, processors.',
    default: '',
    allowedPattern: '^(/[A-Za-z0-9_./-]{1,1010})?$',
    constraintDescription: 'must be the name of a parameter, such as /otlp/forwarder',
  },
  SecretsPrefix: {
    type: 'String',
    description:
      'Prefix of secrets that are destinations, for who comes from dev7a/serverless-otlp-forwarder. The functions may list the names of all secrets then.',
    default: '',
    allowedPattern: '^([A-Za-z0-9/_+=.@-]{0,399}[A-Za-z0-9_+=.@-])?$',
    constraintDescription: 'must be the beginning of names of secrets, without the last slash',
  },
  AllLogGroups: {
    type: 'String',
    description:
      'Whether all log groups of the account in this Region are forwarded, by the one subscription policy it may have. Stays false where there is one already.',
    default: 'false',
    allowedValues: ['true', 'false'],
  },
  LogGroups: {
    type: 'String',
    description: `Log groups to forward, at most ${LOG_GROUP_SLOTS}, separated by commas, such as /aws/lambda/checkout. Empty with AllLogGroups=true.`,
    default: '',
    allowedPattern: `^([A-Za-z0-9_/.#-]{1,512}(,[A-Za-z0-9_/.#-]{1,512}){0,${LOG_GROUP_SLOTS - 1}})?$`,
    constraintDescription: `must be the names of at most ${LOG_GROUP_SLOTS} log groups, with commas and no spaces between them`,
  },
  Filter: {
    type: 'String',
    description: 'strict brings envelopes alone; lenient also lines that Lambda or a logger has wrapped.',
    default: 'strict',
    allowedValues: ['strict', 'lenient'],
  },
  ReservedConcurrency: {
    type: 'Number',
    description:
      'How many environments the forwarder may have at once; -1 reserves none. Lambda keeps 100 of the account unreserved.',
    default: 20,
    minValue: -1,
    maxValue: 1000,
  },
  MemorySize: {
    type: 'Number',
    description: 'Memory of both functions in MB. More is also more CPU.',
    default: 512,
    minValue: 256,
    maxValue: 10240,
  },
  LogRetentionDays: {
    type: 'Number',
    description: 'How long the logs of the two functions are kept.',
    default: '30',
    allowedValues: LOG_RETENTIONS.map(String),
  },
  AlarmTopicArn: {
    type: 'String',
    description: 'SNS topic that is told when an alarm rings. Without one the alarms are there, and tell nobody.',
    default: '',
    allowedPattern: '^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?$',
    constraintDescription: 'must be the ARN of a topic',
  },
  WatchedDestination: {
    type: 'String',
    description:
      'Id of the destination that alarms watch: otlp_http is that of Endpoint; with ConfigParameter the id of its exporter, such as otlp_http/vendor.',
    default: 'otlp_http',
    allowedPattern: '^otlp_http(/[A-Za-z0-9_.-]+)?$',
    constraintDescription: 'must be the id of an exporter',
  },
  KmsKeyArn: {
    type: 'String',
    description:
      'Key of your own for the bucket, the logs and the variables. Its policy must let logs.amazonaws.com of this Region use it.',
    default: '',
    allowedPattern: '^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$',
    constraintDescription: 'must be the ARN of a key',
  },
  SubnetIds: {
    type: 'CommaDelimitedList',
    description:
      'Private subnets to connect the functions to; they need a way to the destinations and to S3. Default: no VPC.',
    default: '',
    allowedPattern: '^(subnet-[0-9a-f]+)?$',
    constraintDescription: 'must be ids of subnets',
  },
  SecurityGroupIds: {
    type: 'CommaDelimitedList',
    description:
      'Security groups of the functions there. Nothing has to come in; out go 443 and the ports of the destinations.',
    default: '',
    allowedPattern: '^(sg-[0-9a-f]+)?$',
    constraintDescription: 'must be ids of security groups',
  },
};

/** The parameters of the template, by name. */
export type Parameters = Readonly<Record<Name, CfnParameter>>;

/** Declares them in a stack. */
export const parametersOf = (stack: Stack): Parameters =>
  Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, props]) => [name, new CfnParameter(stack, name, props)]),
  ) as Parameters;
