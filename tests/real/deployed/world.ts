import { gunzipSync } from 'node:zlib';

import { inject } from 'vitest';

import { type CollectorSite, collectorSite } from '../collector.ts';
import { callJson, callS3 } from './call.ts';
import { type DeployedFunction, startFunction } from './function.ts';
import { type Granted, grantedBy } from './grants.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { type Services, servicesOf } from './services.ts';
import { byId, createStack, type Resource, type Stack } from './stack.ts';
import { subscribe } from './subscription.ts';

/** The template deployed to an emulator, and everything around it. */
export interface World extends Services {
  readonly stack: Stack;
  /** The log groups that are forwarded. */
  readonly apps: readonly [checkout: string, cart: string];
  readonly bucket: string;
  readonly collector: CollectorSite;
  readonly recorder: Recorder;
  readonly granted: Granted;
  readonly forwarder: DeployedFunction;
  readonly redrive: DeployedFunction;
  /** Prints lines in a function of the user's. */
  readonly print: (logGroup: string, lines: readonly string[]) => Promise<void>;
  /** Keys of the bucket. */
  readonly keys: (prefix?: string) => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

/** The logical id of the role that a function of the template has. */
const roleOf = (stack: Stack, { properties }: Resource): string => {
  const name = String(properties['Role']).split('/').at(-1);
  const role = stack.resources.find(({ type, physicalId }) => type === 'AWS::IAM::Role' && physicalId === name);
  if (role === undefined) throw new Error(`No role of the stack is ${String(properties['Role'])}`);
  return role.id;
};

const printer =
  (endpoint: string) =>
  async (logGroupName: string, lines: readonly string[]): Promise<void> => {
    const logStreamName = `2026/11/21/[$LATEST]${crypto.randomUUID().replaceAll('-', '')}`;
    const timestamp = Date.now();
    await callJson(endpoint, 'Logs_20140328.CreateLogStream', { logGroupName, logStreamName });
    await callJson(endpoint, 'Logs_20140328.PutLogEvents', {
      ...{ logGroupName, logStreamName },
      logEvents: lines.map((message) => ({ timestamp, message })),
    });
  };

/** Where a deployment is prepared: what its parameters name has to be there before. */
export interface Place {
  /** The emulator, past the recorder. */
  readonly endpoint: string;
  readonly collector: CollectorSite;
  readonly recorder: Recorder;
}

/** Resolves to the parameters of the template. */
export type Prepare = (place: Place) => Promise<Readonly<Record<string, string>>>;

const build = async (
  endpoint: string,
  name: string,
  prepare: Prepare,
  running: AsyncDisposableStack,
): Promise<World> => {
  const collector = running.adopt(await collectorSite(inject('parts').collector), async ({ remove }) => remove());
  const recorder = running.adopt(await startRecorder(endpoint), async ({ stop }) => stop());
  const apps = [`/aws/lambda/${name}-checkout`, `/aws/lambda/${name}-cart`] as const;
  for (const logGroupName of apps) await callJson(endpoint, 'Logs_20140328.CreateLogGroup', { logGroupName });
  const values = await prepare({ endpoint, collector, recorder });
  const stack = await createStack(endpoint, name, { LogGroups: apps.join(','), ...values });
  const subscriptions = await subscribe(endpoint, stack);
  const granted = grantedBy(stack);
  const [bucket = ''] = stack.resources
    .filter(({ type }) => type === 'AWS::S3::Bucket')
    .map(({ physicalId }) => physicalId);
  const start = async (id: string): Promise<DeployedFunction> => {
    const resource = byId(stack, id);
    return running.adopt(await startFunction(resource, roleOf(stack, resource), recorder), async ({ stop }) => stop());
  };
  const [forwarder, redrive] = await Promise.all([start('Forwarder'), start('Redrive')]);
  const actors = { recorder, stack, bucket, granted, forwarder, redrive, subscriptions };
  return {
    apps,
    ...actors,
    ...servicesOf(actors),
    collector,
    print: printer(endpoint),
    keys: async (prefix = '') => {
      const xml = await callS3(endpoint, 'GET', `${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`);
      return [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
    },
    stop: async () => running.disposeAsync(),
  };
};

/** Deploys `deploy/template.yaml` to an emulator for two log groups of its own, and starts its functions. */
export const deploy = async (endpoint: string, name: string, prepare: Prepare): Promise<World> => {
  const running = new AsyncDisposableStack();
  try {
    return await build(endpoint, name, prepare, running);
  } catch (error) {
    await running.disposeAsync();
    throw error;
  }
};

/** The lines of an event, as CloudWatch Logs packs them. */
export const linesIn = (event: unknown): readonly string[] => {
  const { awslogs } = event as { readonly awslogs: { readonly data: string } };
  const { logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as {
    readonly logEvents: readonly { readonly message: string }[];
  };
  return logEvents.map(({ message }) => message);
};
