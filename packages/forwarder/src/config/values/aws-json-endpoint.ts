import { awsPartitionOf, awsServiceEndpoint } from '../../auth/aws-endpoint.ts';
import type { Environment } from '../endpoint.ts';

/** Services that configurations are read from, as they sign and as their hosts begin. */
export type AwsService = 'secretsmanager' | 'ssm' | 's3';

/** Names of Regions become parts of hosts, and come from ARNs that a configuration names: nothing else may pass. */
const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** Whether this can be a Region. */
export const isRegion = (text: string): boolean => REGION.test(text);

/** The partition a Region belongs to, as its ARNs name it. */
export const partitionOf = (region: string): string => awsPartitionOf(region).name;

/** The Region of a process, or what is wrong with it. */
export const regionOf = (
  env: Environment,
  given?: string,
): { readonly region: string } | { readonly problem: string } => {
  const region = [given, env['AWS_REGION'], env['AWS_DEFAULT_REGION']].find((name) => (name ?? '') !== '');
  if (region === undefined) return { problem: 'needs a Region: set AWS_REGION' };
  return isRegion(region) ? { region } : { problem: 'needs a Region: AWS_REGION does not hold the name of one' };
};

/** As variables write the services. */
const IDS: Readonly<Record<AwsService, string>> = { secretsmanager: 'SECRETS_MANAGER', ssm: 'SSM', s3: 'S3' };

/** Where requests to a service go; `custom` when an operator has said so. */
export type Endpoint = { readonly url: URL; readonly custom: boolean } | { readonly problem: string };

/**
 * The endpoint of a service in a Region: that of the variables the AWS SDKs know, else AWS's own (see `aws-endpoint.ts`).
 *
 * @param given wins over the variables.
 */
export const endpointOf = (service: AwsService, region: string, env: Environment, given = ''): Endpoint => {
  const id = IDS[service];
  const name = `AWS_ENDPOINT_URL_${id}`;
  const found = awsServiceEndpoint(service, id, region, given === '' ? env : { [name]: given });
  return 'url' in found ? found : { problem: `${name} or AWS_ENDPOINT_URL does not hold an http:// or https:// URL` };
};
