/** What keeps telemetry that did not arrive, and who is told. */
export const KEEPING_CHECKS = {
  keeping: {
    'async-destination': {
      title: 'Events that Lambda gives up are kept',
      remedy: 'Set an on-failure destination: the S3 bucket of the dead letters. SQS and SNS take no event of 1 MB.',
    },
    'async-retries': {
      title: 'Lambda tries failed events again',
      remedy: 'Set two retries and a maximum age of six hours (21600 s).',
    },
    'bucket-exists': {
      title: 'The bucket of dead letters is there, in this account',
      remedy: 'Create the bucket, or correct dead_letter.s3.bucket or OTLP_FORWARDER_DEAD_LETTER.',
    },
    'bucket-encryption': {
      title: 'The bucket is encrypted',
      remedy: 'aws s3api put-bucket-encryption',
    },
    'bucket-public': {
      title: 'The bucket is not public',
      remedy: 'Block public access in all four ways: aws s3api put-public-access-block.',
    },
    'bucket-lifecycle': {
      title: 'Lifecycle rules remove what nobody needs, and nothing that waits',
      remedy:
        'Let quarantine/ and expired/ end after some weeks, and never pending/ or aws/lambda/async/ before 15 days.',
    },
    'role-permissions': {
      title: 'The roles may do what they have to',
      remedy:
        'Allow the action that is named, on exactly that resource. The guides on deploying and on secrets have the statements.',
    },
    'pending-age': {
      title: 'Nothing waits for long',
      remedy: 'serverless-otlp redrive list says what waits and why.',
    },
    'quarantine-empty': {
      title: 'The quarantine is empty',
      remedy: 'A person has to look: serverless-otlp redrive list --state quarantine, then show.',
    },
    'redrive-function': {
      title: 'The redrive function is there and ready',
      remedy: 'Create it from the same package with handler index.redrive, or name it with --redrive-function.',
    },
    'redrive-concurrency': {
      title: 'One redrive runs at a time',
      remedy: 'Reserve a concurrency of 1 for the redrive function.',
    },
    'redrive-schedule': {
      title: 'The schedule of the redrive is on',
      remedy: 'Enable the rule or schedule that invokes the redrive function, such as rate(5 minutes).',
    },
  },
  watching: {
    'alarm-present': {
      title: 'There is an alarm for everything that needs a person',
      remedy: 'Add the alarm. The guide on operations has all of them with their thresholds.',
    },
    'alarm-state': {
      title: 'No alarm rings',
      remedy: 'See the page of this alarm in the guide on operations.',
    },
    'alarm-actions': {
      title: 'Alarms tell somebody',
      remedy: 'Give the alarm an action, such as an SNS topic.',
    },
    'report-recent': {
      title: 'The forwarder reported something in the last hour',
      remedy:
        'Nothing came, or it does not start: see its log, and the checks of the subscription. --canary sends one trace.',
    },
    'report-balanced': {
      title: 'Every report adds up',
      remedy: 'That is a bug: please report it, with the line of the report.',
    },
  },
  canary: {
    'canary-filter': {
      title: 'A filter brings the line to the forwarder',
      remedy: 'See the checks of the subscription; --log-group names a group that is subscribed.',
    },
    'canary-accepted': {
      title: 'CloudWatch Logs took the line',
      remedy: 'See the permission logs:PutLogEvents of whoever runs this, and --log-group.',
    },
    'canary-invoked': {
      title: 'CloudWatch Logs invoked the forwarder',
      remedy: 'See invoke-permission and function-concurrency. It takes seconds, sometimes minutes: --timeout.',
    },
    'canary-forwarder': {
      title: 'The forwarder decoded it',
      remedy: 'See its log, and its metrics Errors and Throttles: it ran, and said nothing of this line.',
    },
    'canary-delivered': {
      title: 'The destination took it',
      remedy: 'See the error; what is pending is sent again by the redrive.',
    },
  },
} as const;
