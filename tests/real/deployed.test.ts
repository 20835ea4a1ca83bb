import { setTimeout as sleep } from 'node:timers/promises';

import { filterPattern } from '@serverless-otlp/testing/filter-pattern';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import type { AwsEmulator } from './aws-emulator.ts';
import { callJson } from './deployed/call.ts';
import { ACCOUNT, REGION } from './aws-emulator.ts';
import { startEmulator } from './deployed/emulator.ts';
import { grantedBy, unusedOf, type Use } from './deployed/grants.ts';
import { hopsText } from './deployed/hops.ts';
import { createStack, statementsInTemplate, uploadCode } from './deployed/stack.ts';
import { UNUSED, UNUSED_STATEMENTS } from './deployed/unused.ts';
import { deploy, linesIn, type Prepare, type World } from './deployed/world.ts';
import { generatedEnvelope } from './envelope.ts';
import { SIGNALS } from './schema.ts';
import { itemsOfLines } from './sent.ts';
import { waitFor } from './wait.ts';

const REDRIVE_EVERY_MS = 3_000;
const REDRIVE_TIMEOUT_MS = 60_000;

const NOISE = ['START RequestId: 1 Version: $LATEST', '{"level":"INFO","message":"hello"}', 'END RequestId: 1'];
const telemetry = (seed: string): readonly string[] => SIGNALS.map((signal) => generatedEnvelope(signal, seed, 3));
const wrapped = JSON.stringify({ level: 'INFO', message: generatedEnvelope('logs', 'wrapped', 1) });
/** Claims to be telemetry, and matches the strict pattern. */
const UNREADABLE = '{"__otel_otlp_stdout":"0.1.0","source":"cart","payload":"!"}';

const sent: string[] = [];
let emulator: AwsEmulator;
let world: World;
beforeAll(async () => {
  emulator = await startEmulator();
  await uploadCode(emulator.endpoint);
  return emulator.close;
});
beforeAll(async () => {
  world = await deploy(emulator.endpoint, 'forwarder', async ({ collector }) =>
    Promise.resolve({ Endpoint: collector.endpoint }),
  );
  return world.stop;
});

/** What roles asked for, and what allowed it. */
const usesOf = ({ recorder, granted, invocations }: World): readonly Use[] => [
  ...recorder.calls.map((call) => ({ holder: call.role, request: call, by: granted.decide(call).by })),
  ...invocations,
];

/** Statements, as `role sid`. */
const namesOf = (found: readonly Use[]): ReadonlySet<string> =>
  new Set(found.flatMap(({ holder, by }) => by.map(({ Sid = '' }) => `${holder} ${Sid}`)));

/** Those that some run of this file has used. */
const usedByAny = new Set<string>();

describe('the template, deployed to an emulator of AWS', () => {
  it('is made, and gives its functions what they need', () => {
    const notMade = world.stack.resources.filter(({ physicalId }) => physicalId === undefined);
    console.info(hopsText([...new Set(notMade.map(({ type }) => type))]));
    expect(world.forwarder.variables).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: world.collector.endpoint,
      OTLP_FORWARDER_DEAD_LETTER: `s3://${world.bucket}`,
    });
    expect(world.redrive.variables).toEqual(world.forwarder.variables);
  });

  it('forwards what its filters let through, and nothing else', async () => {
    await world.collector.start();
    const lines = [...telemetry('healthy 1'), ...telemetry('healthy 2')];
    await world.print(world.apps[0], [...NOISE, ...lines.slice(0, 3)]);
    await world.print(world.apps[1], [wrapped, ...lines.slice(3), ...NOISE]);
    await world.print(world.apps[1], NOISE);
    const deliveries = await world.deliver();
    expect(deliveries.map(({ matched, dropped }) => [matched, dropped])).toEqual([
      [3, 3],
      [3, 4],
    ]);
    expect(deliveries.flatMap(({ event }) => linesIn(event))).toEqual(lines);
    for (const { result } of deliveries) expect(result).toHaveProperty('response');
    sent.push(...lines);
    expect(await world.keys()).toEqual([]);
  });

  it('keeps in its bucket what a dead destination does not take, and what cannot be read', async () => {
    await world.collector.kill();
    const lines = telemetry('while it was dead');
    await world.print(world.apps[0], lines);
    await world.print(world.apps[1], [UNREADABLE]);
    for (const { result } of await world.deliver()) expect(result).toHaveProperty('response');
    sent.push(...lines);
    expect(await world.keys('pending/')).toHaveLength(SIGNALS.length);
    expect(await world.keys('quarantine/lines/')).toHaveLength(1);
  });

  it('gives an event back while the store fails, too; then Lambda keeps it', async () => {
    world.recorder.refuse = world.forwarder.role;
    const lines = telemetry('while everything was dead');
    await world.print(world.apps[1], lines);
    const [delivery] = await world.deliver(3);
    expect(delivery?.result).toHaveProperty('error.errorMessage');
    sent.push(...lines);
    expect(await world.keys(`aws/lambda/async/${world.forwarder.name}/`)).toHaveLength(1);
  });

  it('sends everything once its destination is back: item by item what was printed', async () => {
    await world.collector.start();
    // What failed a moment ago is left alone for half a minute; the schedule comes every five.
    await waitFor('the redrive to empty the bucket', REDRIVE_TIMEOUT_MS, async () => {
      expect(await world.runRedrive()).toHaveProperty('response');
      if ((await world.keys('pending/')).length === 0) return true;
      await sleep(REDRIVE_EVERY_MS);
      return undefined;
    });
    expect(await world.keys('aws/')).toEqual([]);
    await world.collector.stop();
    expect(world.collector.items()).toEqual(itemsOfLines(sent));
  });

  it('is allowed every call it made, by what the template grants', () => {
    expect(world.recorder.unknown).toEqual([]);
    const decided = world.recorder.calls.map((call) => ({ call, ...world.granted.decide(call) }));
    expect(decided.filter(({ outcome }) => outcome !== 'allowed').map(({ call }) => call)).toEqual([]);
    expect(new Set(world.recorder.calls.map(({ role, action }) => `${role} ${action}`))).toEqual(
      new Set([
        'ForwarderRole logs:CreateLogStream',
        'ForwarderRole logs:PutLogEvents',
        'ForwarderRole s3:PutObject',
        'RedriveRole logs:CreateLogStream',
        'RedriveRole logs:PutLogEvents',
        'RedriveRole s3:DeleteObject',
        'RedriveRole s3:GetObject',
        'RedriveRole s3:ListBucket',
        'RedriveRole s3:PutObject',
      ]),
    );
  });

  it('needs every statement that it used: without it something would not have been allowed', () => {
    const uses = usesOf(world);
    const used = namesOf(uses);
    expect(namesOf(uses.filter(({ by }) => by.length === 1))).toEqual(used);
    used.forEach((name) => usedByAny.add(name));
  });

  it('grants nothing that is not used, but for what is listed with its reason', () => {
    const { recorder, granted, bucket } = world;
    const unused = unusedOf(granted.grants, usesOf(world), bucket);
    const lines = unused.map((grant) => `  ${grant}: ${UNUSED[grant] ?? 'NOBODY KNOWS WHY'}`);
    const counts = `${recorder.calls.length} calls of roles, ${granted.grants.length} grants; granted, and not used here:`;
    console.info([counts, ...lines].join('\n'));
    expect(unused).toEqual(Object.keys(UNUSED));
  });
});

describe('the template for all log groups, with the lenient pattern', () => {
  it('leaves out its own log groups, and lets CloudWatch Logs of its own account alone invoke the forwarder', async () => {
    const values = { Endpoint: world.collector.endpoint, AllLogGroups: 'true', Filter: 'lenient' };
    const stack = await createStack(emulator.endpoint, 'everything', values);
    expect(stack.resources.filter(({ type }) => type === 'AWS::Logs::SubscriptionFilter')).toEqual([]);
    const [policy] = stack.resources.filter(({ type }) => type === 'AWS::Logs::AccountPolicy');
    expect(policy?.properties).toMatchObject({
      Scope: 'ALL',
      SelectionCriteria: 'LogGroupName NOT IN ["/aws/lambda/everything", "/aws/lambda/everything-redrive"]',
    });
    const { FilterPattern: pattern, DestinationArn: resource } = JSON.parse(
      String(policy?.properties['PolicyDocument']),
    ) as Readonly<Record<string, string>>;
    expect([...NOISE, wrapped, ...telemetry('lenient')].filter(filterPattern(pattern ?? ''))).toHaveLength(4);

    const { decideInvocation } = grantedBy(stack);
    const of = (account: string, principal = 'logs.amazonaws.com'): string =>
      decideInvocation({
        action: 'lambda:InvokeFunction',
        resource: resource ?? '',
        principal,
        context: {
          'aws:SourceAccount': account,
          'aws:SourceArn': `arn:aws:logs:${REGION}:${account}:log-group:/aws/lambda/any:*`,
        },
      }).outcome;
    expect([of(ACCOUNT), of('999999999999'), of(ACCOUNT, 's3.amazonaws.com')]).toEqual([
      'allowed',
      'not allowed',
      'not allowed',
    ]);
  });
});

const TOKEN = 'canary-of-the-token';

/** Makes a secret, and tells the recorder its ARN. */
const secret = async ({ endpoint, recorder }: Parameters<Prepare>[0], Name: string, value: object): Promise<string> => {
  const input = { Name, SecretString: JSON.stringify(value), ClientRequestToken: crypto.randomUUID() };
  const { ARN } = await callJson<{ readonly ARN: string }>(endpoint, 'secretsmanager.CreateSecret', input);
  recorder.secretArns.set(Name, ARN);
  return ARN;
};

const VARIANTS: readonly {
  readonly what: string;
  readonly name: string;
  readonly prepare: Prepare;
  /** Statements that it has besides those of everybody. */
  readonly granted: readonly string[];
}[] = [
  {
    what: 'headers that refer to a secret',
    name: 'by-secret',
    prepare: async (place) => ({
      Endpoint: place.collector.endpoint,
      Headers: 'authorization=${secretsmanager:otlp/vendor#authorization}',
      SecretArns: await secret(place, 'otlp/vendor', { authorization: `Bearer ${TOKEN}` }),
    }),
    granted: ['ReadSecrets'],
  },
  {
    what: 'a configuration in Parameter Store',
    name: 'by-parameter',
    prepare: async ({ endpoint, collector }) => {
      const exporter = { endpoint: collector.endpoint, headers: { authorization: `Bearer ${TOKEN}` } };
      const pipelines = Object.fromEntries(SIGNALS.map((signal) => [signal, { exporters: ['otlp_http'] }]));
      const Value = JSON.stringify({ exporters: { otlp_http: exporter }, service: { pipelines } });
      await callJson(endpoint, 'AmazonSSM.PutParameter', { Name: '/otlp/forwarder', Value, Type: 'SecureString' });
      return { ConfigParameter: '/otlp/forwarder' };
    },
    granted: ['ReadParameters'],
  },
  {
    what: 'secrets that are destinations',
    name: 'by-prefix',
    prepare: async (place) => {
      const value = { name: 'one', endpoint: place.collector.endpoint, auth: `authorization=Bearer ${TOKEN}` };
      await secret(place, 'otlp-collectors/keys/one', value);
      await secret(place, 'somebody-elses/secret', { 'api-key': 'nobody asks' });
      return { SecretsPrefix: 'otlp-collectors/keys' };
    },
    granted: ['ListSecrets', 'ReadPrefixedSecrets'],
  },
];

it.each(VARIANTS)('$what: granted to it alone, and enough', async ({ name, prepare, granted }) => {
  const deployed = await deploy(emulator.endpoint, name, prepare);
  onTestFinished(deployed.stop);
  await deployed.collector.start({ bearerToken: TOKEN });
  const lines = telemetry('by a key');
  await deployed.print(deployed.apps[0], lines);
  const [delivery] = await deployed.deliver();
  expect(delivery?.result).toHaveProperty('response');
  expect(await deployed.keys('pending/')).toEqual([]);
  expect(await deployed.runRedrive()).toHaveProperty('response');
  await deployed.collector.stop();
  expect(deployed.collector.items()).toEqual(itemsOfLines(lines));

  const sids = ({ granted: { grants } }: World): readonly string[] =>
    grants.filter(({ holder }) => holder === 'ForwarderRole').map(({ sid }) => sid);
  const used = namesOf(usesOf(deployed));
  used.forEach((name) => usedByAny.add(name));
  const besides = sids(deployed).filter((sid) => !sids(world).includes(sid));
  expect([...new Set(besides)].sort()).toEqual(granted);
  for (const role of ['ForwarderRole', 'RedriveRole'])
    expect(granted.filter((sid) => !used.has(`${role} ${sid}`))).toEqual([]);
  expect(deployed.recorder.unknown).toEqual([]);
  expect(deployed.recorder.calls.filter((call) => deployed.granted.decide(call).outcome !== 'allowed')).toEqual([]);
});

it('has no statement for any parameter that no run used, but for what is listed with its reason', async () => {
  const unused = (await statementsInTemplate()).filter((name) => !usedByAny.has(name));
  console.info(
    ['Statements that no run used:', ...unused.map((name) => `  ${name}: ${UNUSED_STATEMENTS[name] ?? '?'}`)].join(
      '\n',
    ),
  );
  expect([...unused].sort()).toEqual(Object.keys(UNUSED_STATEMENTS).sort());
});
