/** Whether a hop is the thing itself, is carried by us between two real things, or is played by something else. */
type Kind = 'real' | 'bridged' | 'stubbed';

/** The way of telemetry through the deployed shape, and how much of it is real in this run. */
const HOPS: readonly (readonly [hop: string, kind: Kind, how: string])[] = [
  ['template', 'real', 'deploy/template.yaml, every resource; nothing edited but outputs added, to read what was made'],
  ['CloudFormation', 'stubbed', 'by moto; what it does not make is listed below'],
  ['log lines', 'bridged', 'put by PutLogEvents; Lambda would take them from standard output'],
  ['CloudWatch Logs', 'stubbed', 'by moto'],
  ['subscription', 'stubbed', 'by moto, to Kinesis, since it invokes functions by Docker only'],
  ['filter pattern', 'bridged', 'the pattern of the template, by our own matcher, since moto does not filter'],
  [
    'invocation',
    'bridged',
    'from Kinesis to the Runtime API, if the policy of the function allows it to CloudWatch Logs',
  ],
  ['forwarder', 'real', 'forwarder.zip under aws-lambda-ric, handler, timeout and variables of the template'],
  ['variables', 'real', 'those of the template, those Lambda sets, and one more: AWS_ENDPOINT_URL'],
  [
    'credentials',
    'bridged',
    'not signed for AWS; calls carry the name of the role, and its policies are evaluated afterwards',
  ],
  ['destination', 'real', 'the OpenTelemetry Collector'],
  ['S3', 'stubbed', 'by moto, over HTTP, the bucket in the path'],
  ['on-failure destination', 'bridged', 'after three failed invocations we put what Lambda would'],
  ['schedule', 'bridged', 'the redrive is invoked by us, if the policy of the function allows it to EventBridge'],
  ['redrive', 'real', 'the same zip, the other handler, with its own variables'],
  ['log of the functions', 'bridged', 'written by us with the role of the function, as Lambda does'],
  ['metrics and alarms', 'stubbed', 'nobody evaluates them: the lines are there'],
];

/** The same for a person, with what the emulator's CloudFormation did not make. */
export const hopsText = (notMade: readonly string[]): string => {
  const width = Math.max(...HOPS.map(([hop]) => hop.length));
  const lines = HOPS.map(([hop, kind, how]) => `  ${hop.padEnd(width)}  ${kind.padEnd(7)}  ${how}`);
  return [...lines, `  not made by moto: ${notMade.length === 0 ? 'nothing' : notMade.join(', ')}`].join('\n');
};
