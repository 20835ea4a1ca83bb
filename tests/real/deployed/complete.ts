import { arnOf, type Call, logs } from '../doctor-calls.ts';
import type { Resource, Stack } from './stack.ts';

/** Lists and objects as AWS's Query protocol writes them: `Dimensions.member.1.Name`. */
const flattened = (value: unknown, name: string): readonly (readonly [string, string])[] => {
  if (Array.isArray(value)) return value.flatMap((one, index) => flattened(one, `${name}.member.${index + 1}`));
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, one]) => flattened(one, name === '' ? key : `${name}.${key}`));
};

const xml = (elements: object): string =>
  Object.entries(elements)
    .map(([name, value]) => `<${name}>${typeof value === 'object' ? xml(value as object) : String(value)}</${name}>`)
    .join('');

interface Rule {
  readonly Id: string;
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
}
interface BucketProperties {
  readonly PublicAccessBlockConfiguration: object;
  readonly LifecycleConfiguration: { readonly Rules: readonly Rule[] };
  readonly BucketEncryption: {
    readonly ServerSideEncryptionConfiguration: readonly { readonly ServerSideEncryptionByDefault: object }[];
  };
}

const setBucket = async (call: Call, bucket: string, properties: BucketProperties): Promise<void> => {
  const set = (what: string, name: string, elements: string): Promise<string> =>
    call.s3(`/${bucket}?${what}`, `<${name}>${elements}</${name}>`);
  const { BucketEncryption, LifecycleConfiguration, PublicAccessBlockConfiguration } = properties;
  const rules = LifecycleConfiguration.Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined)
    .map(({ ExpirationInDays: Days, Id: ID, Prefix }) => ({ ID, Prefix, Status: 'Enabled', Expiration: { Days } }))
    .map((Rule) => xml({ Rule }));
  const [encryption] = BucketEncryption.ServerSideEncryptionConfiguration;
  const ApplyServerSideEncryptionByDefault = encryption?.ServerSideEncryptionByDefault;
  await set('publicAccessBlock', 'PublicAccessBlockConfiguration', xml(PublicAccessBlockConfiguration));
  await set('lifecycle', 'LifecycleConfiguration', rules.join(''));
  await set('encryption', 'ServerSideEncryptionConfiguration', xml({ Rule: { ApplyServerSideEncryptionByDefault } }));
};

/** What the emulator's CloudFormation does not make, or makes without its settings, by the API that does. */
const MAKERS: Readonly<Record<string, (call: Call, resource: Resource, stack: string) => Promise<unknown>>> = {
  'AWS::CloudWatch::Alarm': (call, { id, properties }) =>
    call.query('monitoring', {
      Action: 'PutMetricAlarm',
      Version: '2010-08-01',
      AlarmName: id,
      ...Object.fromEntries(flattened(properties, '')),
    }),
  'AWS::Lambda::EventInvokeConfig': (call, { properties: { FunctionName, Qualifier: _, ...settings } }) =>
    call.rest('PUT', `/2019-09-25/functions/${String(FunctionName)}/event-invoke-config`, settings),
  'AWS::S3::Bucket': (call, { physicalId = '', properties }) =>
    setBucket(call, physicalId, properties as unknown as BucketProperties),
  'AWS::S3::BucketPolicy': (call, { properties: { Bucket, PolicyDocument } }) =>
    call.s3(`/${String(Bucket)}?policy`, JSON.stringify(PolicyDocument)),
  'AWS::Logs::SubscriptionFilter': (call, { properties: { FilterName, FilterPattern, LogGroupName } }, stack) =>
    logs(call, 'PutSubscriptionFilter', {
      ...{ logGroupName: LogGroupName, filterName: FilterName, filterPattern: FilterPattern },
      destinationArn: arnOf(stack),
    }),
};

/** Makes with the properties of the template what the emulator's CloudFormation left out. */
export const complete = async (call: Call, { name, resources }: Stack): Promise<void> => {
  for (const resource of resources) await MAKERS[resource.type]?.(call, resource, name);
};
