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

/** By how the names of its Regions begin. Source: `partitions.json` of botocore 1.43. */
const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
];

/**
 * Where a service answers: what `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL` says, as for the SDKs of AWS, else its regional endpoint.
 *
 * @param id the service as variables write it: `STS`, `SECRETS_MANAGER`, `SSM`.
 * @throws {TypeError} when the variable holds no URL.
 */
export const awsServiceUrl = (
  service: string,
  id: string,
  region: string,
  env: Readonly<Record<string, string | undefined>>,
): URL => {
  const suffix = SUFFIXES.find(([regions]) => regions.test(region))?.[1] ?? 'amazonaws.com';
  for (const name of [`AWS_ENDPOINT_URL_${id}`, 'AWS_ENDPOINT_URL']) {
    const given = env[name] ?? '';
    if (given === '') continue;
    if (!URL.canParse(given)) throw new TypeError(`${name} is not a URL`);
    return new URL(given);
  }
  return new URL(`https://${service}.${region}.${suffix}/`);
};
