import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { inject } from 'vitest';
import { parse } from 'yaml';

import { callCloudFormation, callS3, unescaped } from './call.ts';
import { REGION } from '../aws-emulator.ts';

const TEMPLATE = join(import.meta.dirname, '../../../deploy/template.yaml');
const CODE_BUCKET = 'code';

type Json = Readonly<Record<string, unknown>>;

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Json; readonly Condition?: string }>
  >;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** A resource of the template as it is in this stack. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  /** Every reference and function resolved by the emulator. */
  readonly properties: Json;
  /** Its name in AWS; `undefined` when the emulator's CloudFormation does not make such a thing. */
  readonly physicalId: string | undefined;
}

/** `deploy/template.yaml`, made by the emulator's CloudFormation. */
export interface Stack {
  readonly name: string;
  readonly resources: readonly Resource[];
}

const PROPERTIES = 'Properties';

/** Beside its own outputs the properties of each resource, as JSON: so that nobody here has to resolve a template. */
const withProperties = (template: Template): object => ({
  ...template,
  Outputs: {
    ...template.Outputs,
    ...Object.fromEntries(
      Object.entries(template.Resources).map(([id, { Properties = {}, Condition }]) => [
        `${PROPERTIES}${id}`,
        { Value: { 'Fn::ToJsonString': Properties }, ...(Condition !== undefined && { Condition }) },
      ]),
    ),
  },
});

const parameters = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([ParameterKey, ParameterValue], index) => [
      [`Parameters.member.${index + 1}.ParameterKey`, ParameterKey],
      [`Parameters.member.${index + 1}.ParameterValue`, ParameterValue],
    ]),
  );

/** The members of a list in XML, each as its elements by name. */
const membersOf = (xml: string): readonly Readonly<Record<string, string>>[] =>
  [...xml.matchAll(/<member>(.*?)<\/member>/gs)].map(([, member = '']) =>
    Object.fromEntries(
      [...member.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', text = '']) => [name, unescaped(text)]),
    ),
  );

/** `AWS::NoValue` takes an element away; the emulator makes it `null`. */
const withoutNothing = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutNothing(one)]));
};

const sidsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { Sid } = value as { readonly Sid?: unknown };
  return [...(typeof Sid === 'string' ? [Sid] : []), ...Object.values(value).flatMap(sidsIn)];
};

/** Every statement that the template may grant to a role, whatever its parameters, as `role sid`. */
export const statementsInTemplate = async (): Promise<readonly string[]> => {
  const { Resources } = parse(await readFile(TEMPLATE, 'utf8')) as Template;
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .flatMap(([id, { Properties }]) => sidsIn(Properties).map((sid) => `${id} ${sid}`));
};

/** Uploads the deployment package, as the guide says. */
export const uploadCode = async (endpoint: string): Promise<void> => {
  const place = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;
  await callS3(endpoint, 'PUT', CODE_BUCKET, place);
  await callS3(endpoint, 'PUT', `${CODE_BUCKET}/forwarder.zip`, await readFile(inject('zip')));
};

/** Makes the stack of the template with these parameters. Throws when it is not made. */
export const createStack = async (
  endpoint: string,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<Stack> => {
  const template = parse(await readFile(TEMPLATE, 'utf8')) as Template;
  await callCloudFormation(endpoint, {
    Action: 'CreateStack',
    StackName: name,
    TemplateBody: JSON.stringify(withProperties(template)),
    'Capabilities.member.1': 'CAPABILITY_IAM',
    ...parameters({ CodeBucket: CODE_BUCKET, ...values }),
  });
  const described = await callCloudFormation(endpoint, { Action: 'DescribeStacks', StackName: name });
  const [, status = ''] = /<StackStatus>(\w+)</.exec(described) ?? [];
  if (status !== 'CREATE_COMPLETE') throw new Error(`The stack is ${status}`);
  const listed = membersOf(await callCloudFormation(endpoint, { Action: 'ListStackResources', StackName: name }));
  const made = new Map(listed.map((one) => [one['LogicalResourceId'], one['PhysicalResourceId'] ?? '']));
  const resources = membersOf(described)
    .filter(({ OutputKey = '' }) => OutputKey.startsWith(PROPERTIES))
    .map(({ OutputKey = '', OutputValue = '' }) => {
      const id = OutputKey.slice(PROPERTIES.length);
      const properties = withoutNothing(JSON.parse(OutputValue)) as Json;
      return { id, type: template.Resources[id]?.Type ?? '', properties, physicalId: made.get(id) };
    });
  return { name, resources };
};

/** A resource by its logical id. Throws when the template has none. */
export const byId = ({ resources }: Stack, id: string): Resource => {
  const found = resources.find((resource) => resource.id === id);
  if (found === undefined) throw new Error(`The template has no ${id}`);
  return found;
};
