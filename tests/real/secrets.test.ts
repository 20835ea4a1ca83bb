import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type AwsEmulator, createBucket, startAwsEmulator } from './aws-emulator.ts';
import { ask, assume, type Caller, enforce } from './secrets/aws.ts';
import { loadModules, type Modules, type SourceOptions } from './secrets/modules.ts';

const ANY: Caller = { accessKeyId: 'any', secretAccessKey: 'any' };
const TIMEOUT_MS = 20_000;

let emulator: AwsEmulator;
let modules: Modules;
beforeAll(async () => {
  modules = await loadModules();
  emulator = await startAwsEmulator();
});
afterAll(async () => emulator.close());

const optionsOf = (caller: Caller = ANY, region = 'us-east-1'): SourceOptions => ({
  credentials: () => Promise.resolve(caller),
  env: { AWS_REGION: region, AWS_ENDPOINT_URL: emulator.endpoint },
});
const createSecret = (Name: string, SecretString: string, region?: string) =>
  ask(emulator, 'secretsmanager.CreateSecret', { Name, SecretString }, region);
const putParameter = (Name: string, Value: string, region?: string) =>
  ask(emulator, 'AmazonSSM.PutParameter', { Name, Value, Type: 'SecureString', Overwrite: true }, region);
const secret = async (name: string, caller?: Caller, region?: string) =>
  (await modules.secretsManager(optionsOf(caller, region)).read([name], TIMEOUT_MS)).get(name);
const parameter = async (name: string, caller?: Caller, region?: string) =>
  (await modules.parameterStore(optionsOf(caller, region)).read([name], TIMEOUT_MS)).get(name);
const denied = (action: string) => ({
  problem: expect.stringContaining(`allow ${action} on `) as string,
  permanent: true,
});
const absent = { problem: expect.stringContaining('does not exist in') as string, permanent: true };

describe('Secrets Manager, on an emulator of AWS', () => {
  it('reads many at once, by name and by ARN', async () => {
    const created = await Promise.all(
      Array.from({ length: 30 }, (_, index) => createSecret(`many/${index}`, `value ${index} ü "\\"`)),
    );
    const names = created.map(({ ARN, Name }, index) => String(index % 2 === 0 ? ARN : Name));
    const found = await modules.secretsManager(optionsOf()).read(names, TIMEOUT_MS);
    expect(names.map((name) => found.get(name))).toEqual(
      names.map((_name, index) => ({ value: `value ${index} ü "\\"` })),
    );
  });

  it('reads what is there now: a rotated secret is the new one with the next reading', async () => {
    await createSecret('rotated', 'one');
    const source = modules.secretsManager(optionsOf());
    expect((await source.read(['rotated'], TIMEOUT_MS)).get('rotated')).toEqual({ value: 'one' });
    await ask(emulator, 'secretsmanager.PutSecretValue', { SecretId: 'rotated', SecretString: 'two' });
    expect((await source.read(['rotated'], TIMEOUT_MS)).get('rotated')).toEqual({ value: 'two' });
  });

  it('tells of one that is marked for deletion, is gone, was never there, or is binary', async () => {
    await createSecret('marked', 'x');
    await ask(emulator, 'secretsmanager.DeleteSecret', { SecretId: 'marked', RecoveryWindowInDays: 7 });
    expect(await secret('marked')).toMatchObject({ problem: expect.stringContaining('marked for deletion') as string });
    await createSecret('gone', 'x');
    await ask(emulator, 'secretsmanager.DeleteSecret', { SecretId: 'gone', ForceDeleteWithoutRecovery: true });
    expect(await secret('gone')).toEqual(absent);
    expect(await secret('never')).toEqual(absent);
    await ask(emulator, 'secretsmanager.CreateSecret', { Name: 'binary', SecretBinary: 'eA==' });
    expect(await secret('binary')).toMatchObject({ problem: expect.stringContaining('is binary') as string });
  });

  it('a name is looked for in the Region of the function alone, an ARN where it says', async () => {
    const { ARN: arn } = await createSecret('elsewhere', 'x', 'eu-west-1');
    expect(await secret('elsewhere')).toEqual(absent);
    expect(await secret('elsewhere', ANY, 'eu-west-1')).toEqual({ value: 'x' });
    expect(await secret(String(arn))).toEqual({ value: 'x' });
  });

  it('keys from STS with a session token are signed so that botocore agrees; what they may not read is told', async () => {
    await Promise.all([createSecret('allowed/key', 'x'), createSecret('other/key', 'x')]);
    const caller = await assume(emulator, 'secret-reader', [
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
    ]);
    const stranger = await assume(emulator, 'stranger', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]);
    await enforce(emulator, async () => {
      expect(await secret('allowed/key', caller)).toEqual({ value: 'x' });
      expect(await secret('allowed/key', stranger)).toEqual(denied('secretsmanager:GetSecretValue'));
      expect(await secret('allowed/key', { ...caller, secretAccessKey: 'wrong' })).toMatchObject({ permanent: true });
      expect(await secret('allowed/key')).toMatchObject({
        problem: expect.stringContaining('AWS does not know the credentials') as string,
        permanent: false,
      });
    });
  });
});

describe('secrets under a prefix, on an emulator of AWS', () => {
  it('lists more than a page holds, and nothing beside them', async () => {
    const names = Array.from({ length: 47 }, (_, index) => `fleet/keys/${String(index).padStart(2, '0')}`);
    await Promise.all([...names, 'fleet/keys-old/x', 'other/fleet/keys/x'].map((name) => createSecret(name, name)));
    const listing = await modules.listSecrets(optionsOf(), 'fleet/keys', TIMEOUT_MS);
    expect(listing).toEqual({ secrets: names.map((name) => ({ name, found: { value: name } })) });
  });

  it('an empty prefix has no secrets', async () => {
    expect(await modules.listSecrets(optionsOf(), 'nothing/here', TIMEOUT_MS)).toEqual({ secrets: [] });
  });

  it('says which permissions it needs', async () => {
    const stranger = await assume(emulator, 'lister', [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]);
    await enforce(emulator, async () => {
      expect(await modules.listSecrets(optionsOf(stranger), 'fleet/keys', TIMEOUT_MS)).toEqual(
        denied('secretsmanager:BatchGetSecretValue and secretsmanager:ListSecrets'),
      );
    });
  });
});

describe('Parameter Store, on an emulator of AWS', () => {
  it('reads SecureStrings in clear, more than fit one request, and tells which are missing', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `/many/${index}`);
    await Promise.all(names.map((name) => putParameter(name, `value of ${name}`)));
    const found = await modules.parameterStore(optionsOf()).read([...names, '/many/none'], TIMEOUT_MS);
    expect(names.map((name) => found.get(name))).toEqual(names.map((name) => ({ value: `value of ${name}` })));
    expect(found.get('/many/none')).toEqual(absent);
  });

  it('reads the newest version, or the one that is named', async () => {
    await putParameter('/rotated', 'one');
    await putParameter('/rotated', 'two');
    expect(await parameter('/rotated')).toEqual({ value: 'two' });
    expect(await parameter('/rotated:1')).toEqual({ value: 'one' });
  });

  it('a name is looked for in the Region of the function alone', async () => {
    await putParameter('/elsewhere', 'x', 'eu-west-1');
    expect(await parameter('/elsewhere')).toEqual(absent);
    expect(await parameter('/elsewhere', ANY, 'eu-west-1')).toEqual({ value: 'x' });
  });

  it('keys from STS are signed so that botocore agrees; what they may not read is told', async () => {
    await putParameter('/allowed', 'x');
    const caller = await assume(emulator, 'parameter-reader', [
      { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: '*' },
    ]);
    const stranger = await assume(emulator, 'ssm-stranger', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
    ]);
    await enforce(emulator, async () => {
      expect(await parameter('/allowed', caller)).toEqual({ value: 'x' });
      expect(await parameter('/allowed', stranger)).toEqual(denied('ssm:GetParameters'));
    });
  });
});

describe('objects of S3, on an emulator of AWS', () => {
  const put = async (key: string, body: string): Promise<string> => {
    const bucket = await createBucket(emulator);
    const path = key.split('/').map(encodeURIComponent).join('/');
    const { ok } = await fetch(`${emulator.endpoint}/${bucket}/${path}`, { method: 'PUT', body });
    if (!ok) throw new Error('the object was not stored');
    return `s3://${bucket}/${key}`;
  };
  const object = async (name: string, caller?: Caller) =>
    (await modules.s3Object(optionsOf(caller)).read([name], TIMEOUT_MS)).get(name);

  it.each(['forwarder.yaml', "a b/ü+(1)*'!.yaml", 'a%2Fb?c#d', '~.-_'])('reads %s', async (key) => {
    expect(await object(await put(key, `body of ${key}`))).toEqual({ value: `body of ${key}` });
  });

  it('tells of one that is not there, and of a bucket that is not', async () => {
    const name = await put('there', 'x');
    expect(await object(`${name}-not`)).toEqual(absent);
    expect(await object('s3://no-such-bucket-9f2c/k')).toMatchObject({
      problem: expect.stringContaining('bucket that does not exist') as string,
    });
  });

  it('keys from STS are signed so that botocore agrees; what they may not read is told', async () => {
    const name = await put('a b/ü.yaml', 'x');
    const caller = await assume(emulator, 'object-reader', [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
    ]);
    const stranger = await assume(emulator, 's3-stranger', [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }]);
    await enforce(emulator, async () => {
      expect(await object(name, caller)).toEqual({ value: 'x' });
      expect(await object(name, stranger)).toEqual({
        problem: expect.stringContaining(
          'does not exist, or may not be read: allow s3:GetObject on arn:aws:s3:::',
        ) as string,
        permanent: true,
      });
    });
  });
});
