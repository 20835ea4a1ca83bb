import { httpUrl } from '../http/http-url.ts';

/** Who reads at an endpoint of AWS, and where. */
export interface AwsEndpoint {
  /** The name it signs with. */
  readonly service: 'xray' | 'logs' | 'monitoring';
  readonly region: string;
}

/**
 * The hosts that take OTLP: `xray`, `logs` and `monitoring`, each also with `-fips`, in every partition, with IPv4 only or dual-stack, and
 * behind a VPC endpoint. Sources: docs.aws.amazon.com, CloudWatch user guide, "OTLP endpoints"; AWS PrivateLink guide, "DNS hostnames";
 * the endpoint rule sets and `partitions.json` of botocore 1.43.
 */
const OTLP_HOST =
  /^(?:vpce-[a-z0-9-]+\.)?(xray|logs|monitoring)(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d+)(?:\.vpce)?\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))\.?$/;

/** Service and Region by the host alone; `undefined` for every other host. */
export const awsEndpointOf = ({ hostname }: URL): AwsEndpoint | undefined => {
  const [, service, region] = OTLP_HOST.exec(hostname) ?? [];
  if (service === undefined || region === undefined) return undefined;
  return { service: service as AwsEndpoint['service'], region };
};

/** How the names of its Regions begin, its own name, and how its hosts end. Source: `partitions.json` of botocore 1.43. */
const PARTITIONS: readonly (readonly [string, string, string])[] = [
  ['cn-', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com'],
  ['eusc-', 'aws-eusc', 'amazonaws.eu'],
  ['us-iso-', 'aws-iso', 'c2s.ic.gov'],
  ['us-isob-', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['us-isof-', 'aws-iso-f', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'aws-iso-e', 'cloud.adc-e.uk'],
];

/** The partition a Region belongs to: its name, as in ARNs, and how its hosts end. */
export const awsPartitionOf = (region: string): { readonly name: string; readonly suffix: string } => {
  const found = PARTITIONS.find(([beginning]) => region.startsWith(beginning));
  const [, name = 'aws', suffix = 'amazonaws.com'] = found ?? [];
  return { name, suffix };
};

/** Where the plain endpoint is the validated one. Source: the endpoint rule sets of `ssm` and `sts`. */
const isValidated = (service: string, region: string): boolean =>
  (service === 'ssm' || service === 'sts') && awsPartitionOf(region).name === 'aws-us-gov';

/** Where requests to a service go; `custom` when an operator has said so. Or which variable holds no URL. */
export type ServiceEndpoint = { readonly url: URL; readonly custom: boolean } | { readonly wrong: string };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a service answers: what `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` says, as for the SDKs of AWS, unless
 * `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`; else its regional endpoint, with `AWS_USE_FIPS_ENDPOINT` the one that is validated
 * for FIPS 140.
 *
 * @param id the service as variables write it: `STS`, `SECRETS_MANAGER`, `SSM`, `S3`.
 */
export const awsServiceEndpoint = (service: string, id: string, region: string, env: Environment): ServiceEndpoint => {
  const isOn = (name: string): boolean => env[name] === 'true';
  const names = isOn('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') ? [] : [`AWS_ENDPOINT_URL_${id}`, 'AWS_ENDPOINT_URL'];
  for (const name of names) {
    const given = env[name] ?? '';
    if (given === '') continue;
    const url = httpUrl(given);
    return url === undefined ? { wrong: name } : { url, custom: true };
  }
  const fips = isOn('AWS_USE_FIPS_ENDPOINT') && !isValidated(service, region) ? '-fips' : '';
  return { url: new URL(`https://${service}${fips}.${region}.${awsPartitionOf(region).suffix}/`), custom: false };
};

/**
 * The same, for whom an endpoint is an endpoint.
 *
 * @throws {TypeError} when the variable holds no URL.
 */
export const awsServiceUrl = (service: string, id: string, region: string, env: Environment): URL => {
  const endpoint = awsServiceEndpoint(service, id, region, env);
  if ('wrong' in endpoint) throw new TypeError(`${endpoint.wrong} is not a URL`);
  return endpoint.url;
};
