const BY_DEPLOYMENT =
  'Lambda asks for it when a bucket is made the on-failure destination; the emulator does not make one';

/** What the template grants and this run does not use, and why it is granted all the same. */
export const UNUSED: Readonly<Record<string, string>> = {
  'ForwarderRole FailedEventsBucket s3:ListBucket bucket': BY_DEPLOYMENT,
  'RedriveRole MoveDeadLetters s3:PutObject bucket/pending/*':
    'writes what is left of a batch that a destination refused in part, and of an event that it sends again',
  'RedriveRole MoveDeadLetters s3:PutObject bucket/quarantine/*':
    'keeps what was refused alone, or failed three runs while others succeeded',
  'RedriveRole MoveDeadLetters s3:PutObject bucket/expired/*':
    'keeps what waited for longer than max_age_hours, 14 days',
};

const BY_KMS = 'S3 asks KMS in the name of the function; the emulator encrypts nothing';
const BY_LAMBDA = 'Lambda asks KMS in the name of the function before it starts it; there is no Lambda here';
const NETWORK = 'Lambda makes the network interfaces in the name of the function; there is no network here';
const NETWORK_DENIED = 'takes that from the code of the function, which never asks';

/** Statements for some parameters alone that no run uses, and why. */
export const UNUSED_STATEMENTS: Readonly<Record<string, string>> = {
  'ForwarderRole FailedEventsBucket': BY_DEPLOYMENT,
  'ForwarderRole EncryptDeadLetters': BY_KMS,
  'ForwarderRole DecryptVariables': BY_LAMBDA,
  'ForwarderRole NetworkInterfaces': NETWORK,
  'ForwarderRole NetworkInterfacesByLambdaAlone': NETWORK_DENIED,
  'RedriveRole EncryptDeadLetters': BY_KMS,
  'RedriveRole DecryptVariables': BY_LAMBDA,
  'RedriveRole NetworkInterfaces': NETWORK,
  'RedriveRole NetworkInterfacesByLambdaAlone': NETWORK_DENIED,
};
