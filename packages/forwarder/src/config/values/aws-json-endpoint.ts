import { awsServiceUrl } from '../../auth/aws-endpoint.ts';
import { httpUrl } from '../../http/http-url.ts';
import type { Environment } from '../endpoint.ts';

/** Services that configurations are read from, as they sign and as their hosts begin. */
export type AwsService = 'secretsmanager' | 'ssm' | 's3';

/** Names of Regions become parts of hosts, and come from ARNs that a configuration names: nothing else may pass. */
const REGION = /^[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/** Whether this can be a Region. */
export const isRegion = (text: string): boolean => REGION.test(text);

/** The second part of ARNs, by how the names of its Regions begin. Source: `partitions.json` of botocore 1.43. */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-isof-/, 'aws-iso-f'],
  [/^eusc-/, 'aws-eusc'],
];

/** The partition a Region belongs to, as its ARNs name it. */
export const partitionOf = (region: string): string =>
  PARTITIONS.find(([regions]) => regions.test(region))?.[1] ?? 'aws';

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

/** Where the plain endpoint is the validated one. Source: the endpoint rule set of `ssm`. */
const isValidated = (service: AwsService, region: string): boolean =>
  service === 'ssm' && partitionOf(region) === 'aws-us-gov';

/**
 * The endpoint of a service in a Region: that of the variables the AWS SDKs know (`AWS_ENDPOINT_URL_…`, `AWS_ENDPOINT_URL`), else
 * AWS's own, with `AWS_USE_FIPS_ENDPOINT` the one that is validated for FIPS 140.
 *
 * @param given wins over the variables.
 */
export const endpointOf = (service: AwsService, region: string, env: Environment, given?: string): Endpoint => {
  const names =
    env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
      ? []
      : [`AWS_ENDPOINT_URL_${IDS[service]}`, 'AWS_ENDPOINT_URL'];
  const custom = [given, ...names.map((name) => env[name])].find((url) => (url ?? '') !== '');
  if (custom === undefined) {
    const fips = env['AWS_USE_FIPS_ENDPOINT'] === 'true' && !isValidated(service, region);
    return { url: awsServiceUrl(fips ? `${service}-fips` : service, IDS[service], region, {}), custom: false };
  }
  const url = httpUrl(custom);
  if (url !== undefined) return { url, custom: true };
  return { problem: `${names.join(' or ')} does not hold an http:// or https:// URL` };
};
