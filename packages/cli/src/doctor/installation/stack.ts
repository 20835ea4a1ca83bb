import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Aws } from '../aws/calls.ts';
import { ifThere } from '../aws/named.ts';
import { eachOf, listed } from './pages.ts';

/** The functions of a stack that matter here. */
export interface StackFunctions {
  readonly forwarder?: string;
  readonly redrive?: string;
}

const MAX_RESOURCES = 1_000;
const MAX_FUNCTIONS = 50;

/** What only the forwarder and the redrive have. */
const isOurs = ({ Environment: { Variables = {} } = {} }: FunctionConfiguration): boolean =>
  Object.keys(Variables).some((name) =>
    /^(OTLP_FORWARDER_|OTEL_EXPORTER_OTLP_|COLLECTORS_SECRETS_KEY_PREFIX$)/.test(name),
  );

/**
 * The forwarder and the redrive among the functions of a stack, known by their handlers and variables; `undefined` when there is no
 * such stack.
 *
 * @throws {CallFailed}
 */
export const functionsOfStack = async (aws: Aws, stack: string): Promise<StackFunctions | undefined> => {
  const resources = await ifThere(
    listed(async (NextToken) => {
      const answer = await aws('cloudformation:ListStackResources', {
        StackName: stack,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: answer.StackResourceSummaries ?? [], next: answer.NextToken };
    }, MAX_RESOURCES),
  );
  if (resources === undefined) return undefined;
  const names = resources.items
    .filter(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function')
    .flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? [])
    .slice(0, MAX_FUNCTIONS);
  const found = await eachOf(names, (FunctionName) =>
    ifThere(aws('lambda:GetFunctionConfiguration', { FunctionName })),
  );
  const known = found.filter((one) => one !== undefined);
  // Variables that nobody may see speak against no function.
  const likely = [...known.filter(isOurs), ...known.filter(({ Environment }) => Environment?.Error !== undefined)];
  const named = (ending: string): string | undefined =>
    likely.find(({ Handler }) => Handler?.endsWith(ending) === true)?.FunctionName;
  const [forwarder, redrive] = [named('.handler'), named('.redrive')];
  return { ...(forwarder === undefined ? {} : { forwarder }), ...(redrive === undefined ? {} : { redrive }) };
};
