import {
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Destination, isKnown } from './destinations.ts';
import type { OtlpForwarderProps } from './props.ts';

/** Where the functions are connected to. */
export interface NetworkOptions {
  readonly vpc: IVpc | Vpc;
  /** Default: its private subnets. They need a way to the destinations, and to S3: a NAT gateway, or endpoints. */
  readonly subnets?: SubnetSelection;
  /** Default: one of its own that lets nothing in, and out 443 and the ports of the destinations. */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** Ports to let out besides 443 and those of the destinations: of endpoints that only the deployment knows. */
  readonly ports?: readonly number[];
  /** Makes the VPC endpoints that the functions need: S3, and by the hour Secrets Manager, Systems Manager and STS. Default false. */
  readonly endpoints?: boolean;
}

/** What of a function is connected. */
export interface Connected {
  readonly vpc: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

const urlsOf = ({ endpoint, auth, ...rest }: Destination): readonly unknown[] => {
  const { traces_endpoint, metrics_endpoint, logs_endpoint } = rest;
  const all = [endpoint, traces_endpoint, metrics_endpoint, logs_endpoint, auth?.oauth2?.token_url];
  return all.filter((url) => url !== undefined);
};

const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
};

/**
 * The ports of the destinations, and 443 for AWS.
 *
 * @throws {Error} when one of them is not known and nobody says which it is.
 */
const egressPorts = ({ endpoint, destinations = {}, network }: OtlpForwarderProps): readonly number[] => {
  const urls = [...(endpoint === undefined ? [] : [endpoint]), ...Object.values(destinations).flatMap(urlsOf)];
  const known = urls.filter((url) => isKnown(url) && !url.includes('${'));
  if (known.length < urls.length && network?.ports === undefined)
    throw new Error('network.ports: an endpoint is known only when it is deployed: say which ports it takes');
  return [...new Set([443, ...known.map((url) => portOf(url as string)), ...(network?.ports ?? [])])].sort(
    (a, b) => a - b,
  );
};

const BY_HOUR: readonly (readonly [string, InterfaceVpcEndpointAwsService, RegExp])[] = [
  ['SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, /^secretsmanager:/],
  ['SystemsManager', InterfaceVpcEndpointAwsService.SSM, /^ssm:/],
  ['Sts', InterfaceVpcEndpointAwsService.STS, /^sts:/],
];

const makeEndpoints = (
  scope: Construct,
  { vpc, subnets }: Pick<Connected, 'vpc'> & Pick<NetworkOptions, 'subnets'>,
  group: ISecurityGroup,
  statements: readonly PolicyStatement[],
): void => {
  const actions = statements.flatMap((one) => one.actions);
  new GatewayVpcEndpoint(scope, 'S3', {
    vpc,
    service: GatewayVpcEndpointAwsService.S3,
    ...(subnets !== undefined && { subnets: [subnets] }),
  });
  for (const [id, service, needs] of BY_HOUR) {
    if (!actions.some((action) => needs.test(action))) continue;
    const guard = new SecurityGroup(scope, `${id}Guard`, {
      vpc,
      description: `Lets the OTLP forwarder to its endpoint of ${id}`,
      allowAllOutbound: false,
    });
    guard.addIngressRule(group, Port.tcp(443), 'The OTLP forwarder');
    new InterfaceVpcEndpoint(scope, id, {
      vpc,
      service,
      open: false,
      securityGroups: [guard],
      ...(subnets !== undefined && { subnets }),
    });
  }
};

/** A security group that lets nothing in, and out what is needed; and the endpoints that are wanted. */
export const connect = (
  scope: Construct,
  props: OtlpForwarderProps,
  statements: readonly PolicyStatement[],
): Connected | undefined => {
  const { network } = props;
  if (network === undefined) return undefined;
  const { subnets, securityGroups } = network;
  const vpc = network.vpc as IVpc; // whose optional properties are stricter than the class
  const groups = securityGroups ?? [securityGroup(scope, vpc, egressPorts(props))];
  const [first] = groups;
  if (network.endpoints === true && first !== undefined) makeEndpoints(scope, { ...network, vpc }, first, statements);
  return { vpc, ...(subnets !== undefined && { vpcSubnets: subnets }), securityGroups: [...groups] };
};

const securityGroup = (scope: Construct, vpc: IVpc, ports: readonly number[]): SecurityGroup => {
  const description = 'The OTLP forwarder and its redrive: nothing comes in';
  const group = new SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  for (const port of ports) {
    const what = port === 443 ? 'AWS and destinations' : 'Destinations';
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), what);
  }
  return group;
};
