import { apiFailureOf } from '../../api-failure.ts';
import { CallFailed } from '../reason.ts';
import { type Action, type Aws, permissionOf } from './calls.ts';

/** What is not there, in the words of each service. */
const MISSING =
  /^(ResourceNotFoundException|NoSuch\w+|NotFound|NoSuchEntity\w*|ServerSideEncryptionConfigurationNotFoundError)$/;

/** Services that wrap what is missing in another error. */
const saysMissing = ({ name, message }: Error): boolean =>
  MISSING.test(name) || (name === 'ValidationError' && message.includes('does not exist'));

/** What to look at when a service is not reached at all. */
const NETWORK: Readonly<Record<string, string>> = {
  ENOTFOUND: ', there is no such host: check the Region, AWS_ENDPOINT_URL and the network',
  EAI_AGAIN: ', names cannot be resolved: check the network',
  ECONNREFUSED: ', nobody listens: check AWS_ENDPOINT_URL and the network',
};

/** Those of the SDK's own providers never came as far as AWS. */
const credentialsText = (name: string): string =>
  `${name.endsWith('ProviderError') ? 'no credentials that can be used are found' : 'AWS does not accept the credentials'} (${name})`;

const failureOf = (action: Action, error: unknown): CallFailed => {
  if (error instanceof CallFailed) return error;
  if (error instanceof Error && saysMissing(error)) return new CallFailed('missing', `${action} finds nothing`);
  const failure = apiFailureOf(error);
  switch (failure.kind) {
    case 'denied':
      return new CallFailed('denied', `it needs permission ${permissionOf(action)}`);
    case 'missing':
      return new CallFailed('missing', `${action} finds nothing`);
    case 'credentials':
      return new CallFailed('credentials', credentialsText(failure.message));
    case 'region':
      return new CallFailed('credentials', 'no AWS Region is set');
    case 'busy':
      return new CallFailed('other', `${action}: ${failure.reason}${NETWORK[failure.reason] ?? ''}`);
    case 'invalid':
    case 'refused':
      return new CallFailed('other', `${action}: ${failure.message}`);
  }
};

/** The same calls, which reject with what their failure means. */
export const named =
  (aws: Aws): Aws =>
  async (action, input, abort) => {
    try {
      return await aws(action, input, abort);
    } catch (error) {
      throw failureOf(action, error);
    }
  };

/** `undefined` where what was asked about is not there. */
export const ifThere = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CallFailed && error.kind === 'missing') return undefined;
    throw error;
  }
};
