import { CfnParameter, type CfnParameterProps, type Stack } from 'aws-cdk-lib';

/** Slots for log groups in the template: CloudFormation cannot repeat a resource for each member of a list. */
export const LOG_GROUP_SLOTS = 10;

const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const PARAMETERS = {
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
      'Where telemetry is sent: base URL of a collector or backend that speaks OTLP/HTTP, such as https://collector.example:4318.',
    allowedPattern: '^https?://[^\\s]+$',
    constraintDescription: 'must be an http:// or https:// URL',
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
      'How many environments the forwarder may have at once; -1 reserves none. The account must keep 100 (10 in a new one) unreserved.',
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
    default: 30,
    allowedValues: LOG_RETENTIONS.map(String),
  },
} as const satisfies Readonly<Record<string, CfnParameterProps>>;

/** The parameters of the template, by name. */
export type Parameters = Readonly<Record<keyof typeof PARAMETERS, CfnParameter>>;

/** Declares them in a stack. */
export const parametersOf = (stack: Stack): Parameters =>
  Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, props]) => [
      name,
      new CfnParameter(stack, name, props as CfnParameterProps),
    ]),
  ) as Parameters;
