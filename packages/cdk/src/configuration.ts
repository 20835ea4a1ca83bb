import { Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnParameter, type IParameter } from 'aws-cdk-lib/aws-ssm';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { destinationStatements } from './aws-endpoints.ts';
import { configurationOf } from './destinations.ts';
import { prefixStatements, valueStatements } from './grants.ts';
import type { OtlpForwarderProps } from './props.ts';
import { type Referred, referredIn } from './references.ts';
import { statement } from './statements.ts';
import type { SecretLike } from './values.ts';

/** A configuration that somebody keeps elsewhere. What it refers to is not known here: name it in `readable`. */
export type KeptConfiguration =
  | { readonly parameter: IParameter }
  | { readonly secret: SecretLike }
  | { readonly bucket: Pick<IBucket, 'bucketName' | 'arnForObjects'>; readonly key: string };

/** What the functions are told, and what they may read for it. */
export interface Configuration {
  readonly variables: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

/** An advanced parameter holds no more. Source: Systems Manager quotas. */
const MAX_BYTES = 8 * 1024;

const addressOf = (kept: KeptConfiguration): string => {
  if ('parameter' in kept) return `ssm:${kept.parameter.parameterName}`;
  return 'secret' in kept ? `secretsmanager:${kept.secret.secretArn}` : `s3://${kept.bucket.bucketName}/${kept.key}`;
};

const readKept = (kept: KeptConfiguration): readonly PolicyStatement[] =>
  'bucket' in kept
    ? [statement('ReadConfiguration', { actions: ['s3:GetObject'], resources: [kept.bucket.arnForObjects(kept.key)] })]
    : [];

/** Percent-encoded as variables of OpenTelemetry want it, but for references and what is known only when it is deployed. */
const encoded = (value: string): string =>
  Token.isUnresolved(value) || value.includes('${') ? value : encodeURIComponent(value);

const headersOf = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encoded(value)}`)
    .join(',');

const variablesOf = (endpoint: string, headers: Readonly<Record<string, string>>): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  ...(Object.keys(headers).length > 0 && { OTEL_EXPORTER_OTLP_HEADERS: headersOf(headers) }),
});

/** A parameter, so that what is known only at deployment can stand in it, and a change needs no new function. */
const parameterOf = (scope: Construct, settings: unknown): CfnParameter => {
  const value = Stack.of(scope).toJsonString(settings);
  if (Buffer.byteLength(JSON.stringify(settings)) > MAX_BYTES)
    throw new Error('destinations: the configuration is larger than a parameter (8 KB): keep it in S3 (configuration)');
  return new CfnParameter(scope, 'Configuration', {
    type: 'String',
    tier: 'Intelligent-Tiering',
    description: 'Where the OTLP forwarder sends telemetry',
    value,
  });
};

const allReferences = (parts: readonly Referred[], more: Partial<Referred>): Referred => ({
  settings: undefined,
  values: [...parts.flatMap(({ values }) => values), ...(more.values ?? [])],
  secretNames: parts.flatMap(({ secretNames }) => secretNames),
  parameterNames: [...parts.flatMap(({ parameterNames }) => parameterNames), ...(more.parameterNames ?? [])],
});

/**
 * Where telemetry goes: variables for one simple destination, a parameter for everything else that the properties say, or what is kept
 * elsewhere.
 *
 * @throws {Error} when the properties say nothing, or contradict each other.
 */
export const configure = (scope: Construct, props: OtlpForwarderProps): Configuration => {
  const { endpoint, headers = {}, configuration: kept, secretsPrefix, destinations = {}, readable = [] } = props;
  const described = configurationOf(props);
  const file = referredIn(described ?? {});
  const sent = referredIn({ endpoint, headers });
  const parameter = described === undefined ? undefined : parameterOf(scope, file.settings);
  const address = parameter === undefined ? kept && addressOf(kept) : `ssm:${parameter.ref}`;
  const references = allReferences([file, sent], {
    values: [...readable, ...(kept !== undefined && !('bucket' in kept) ? [{ text: '', ...kept }] : [])],
    parameterNames: parameter === undefined ? [] : [parameter.ref],
  });
  return {
    variables: {
      ...(endpoint !== undefined &&
        variablesOf(endpoint, (sent.settings as { readonly headers: Record<string, string> }).headers)),
      ...(address !== undefined && { OTLP_FORWARDER_CONFIG: address }),
      ...(secretsPrefix !== undefined && described === undefined && { COLLECTORS_SECRETS_KEY_PREFIX: secretsPrefix }),
    },
    statements: [
      ...valueStatements(scope, references, props.valueKeys ?? []),
      ...(kept === undefined ? [] : readKept(kept)),
      ...(secretsPrefix === undefined ? [] : prefixStatements(scope, secretsPrefix)),
      ...destinationStatements(scope, endpoint === undefined ? destinations : { endpoint: { endpoint, headers } }),
    ],
  };
};
