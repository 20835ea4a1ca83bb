/** What the template grants and this run does not use, and why it is granted all the same. */
export const UNUSED: Readonly<Record<string, string>> = {
  'ForwarderRole FailedEventsBucket s3:ListBucket bucket':
    'Lambda asks for it when a bucket is made the on-failure destination; the emulator does not make one',
  'RedriveRole MoveDeadLetters s3:PutObject bucket/pending/*':
    'writes what is left of a batch that a destination refused in part, and of an event that it sends again',
  'RedriveRole MoveDeadLetters s3:PutObject bucket/quarantine/*':
    'keeps what was refused alone, or failed three runs while others succeeded',
  'RedriveRole MoveDeadLetters s3:PutObject bucket/expired/*':
    'keeps what waited for longer than max_age_hours, 14 days',
};
