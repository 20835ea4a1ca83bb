import { type Aws, type Action, type Calls } from './calls.ts';

type Service = 'cloudformation' | 'cloudwatch' | 'events' | 'iam' | 'lambda' | 'logs' | 's3' | 'scheduler' | 'sts';

interface Client {
  readonly send: (command: never, options: object) => Promise<unknown>;
  readonly config: object;
}

type Sdk = Readonly<Record<string, unknown>>;

/** The packages of the SDK; each is loaded when it is first needed. */
const PACKAGES: Readonly<Record<Service, () => Promise<readonly [Sdk, string]>>> = {
  cloudformation: async () => [await import('@aws-sdk/client-cloudformation'), 'CloudFormationClient'],
  cloudwatch: async () => [await import('@aws-sdk/client-cloudwatch'), 'CloudWatchClient'],
  events: async () => [await import('@aws-sdk/client-eventbridge'), 'EventBridgeClient'],
  iam: async () => [await import('@aws-sdk/client-iam'), 'IAMClient'],
  lambda: async () => [await import('@aws-sdk/client-lambda'), 'LambdaClient'],
  logs: async () => [await import('@aws-sdk/client-cloudwatch-logs'), 'CloudWatchLogsClient'],
  s3: async () => [await import('@aws-sdk/client-s3'), 'S3Client'],
  scheduler: async () => [await import('@aws-sdk/client-scheduler'), 'SchedulerClient'],
  sts: async () => [await import('@aws-sdk/client-sts'), 'STSClient'],
};

/** Throttling is tried again by the SDK, with its own waits. */
const MAX_ATTEMPTS = 5;

/** The real AWS, with credentials, Region and endpoints from where the AWS CLI has them. */
export const realAws = (region: string | undefined): { readonly aws: Aws; readonly region: () => Promise<string> } => {
  const opened = new Map<Service, Promise<{ readonly sdk: Sdk; readonly client: Client }>>();

  const open = async (service: Service): Promise<{ readonly sdk: Sdk; readonly client: Client }> => {
    const [sdk, name] = await PACKAGES[service]();
    const Made = sdk[name] as new (config: object) => Client;
    return { sdk, client: new Made({ maxAttempts: MAX_ATTEMPTS, ...(region === undefined ? {} : { region }) }) };
  };
  const clientOf = (service: Service): Promise<{ readonly sdk: Sdk; readonly client: Client }> => {
    const known = opened.get(service) ?? open(service);
    opened.set(service, known);
    return known;
  };

  return {
    aws: async <A extends Action>(action: A, input: Calls[A]['input'], abort?: AbortSignal) => {
      const [service = '', operation = ''] = action.split(':');
      const { sdk, client } = await clientOf(service as Service);
      const Command = sdk[`${operation}Command`] as new (given: object) => never;
      return (await client.send(
        new Command(input),
        abort === undefined ? {} : { abortSignal: abort },
      )) as Calls[A]['output'];
    },
    region: async () => {
      const { client } = await clientOf('lambda');
      return (client.config as { readonly region: () => Promise<string> }).region();
    },
  };
};
