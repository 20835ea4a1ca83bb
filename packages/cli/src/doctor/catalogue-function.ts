/** What brings telemetry to the forwarder. */
export const FUNCTION_CHECKS = {
  function: {
    account: {
      title: 'AWS knows who asks',
      remedy: 'Renew the credentials, for example with "aws sso login", or set AWS_PROFILE and AWS_REGION.',
    },
    stack: {
      title: 'The stack holds a forwarder',
      remedy: 'Check --stack and --region; or name the function itself with --function.',
    },
    'function-state': {
      title: 'The function is there and ready',
      remedy: 'Check --function and --region; see the reason Lambda gives, and deploy again.',
    },
    'function-runtime': {
      title: 'The runtime and the handler are right',
      remedy: 'Set runtime nodejs24.x (or nodejs22.x) and handler index.handler.',
    },
    'function-architecture': {
      title: 'The architecture is the cheaper one',
      remedy: 'Set arm64: the code has no native parts.',
    },
    'function-memory': {
      title: 'There is memory for the largest event',
      remedy: 'Set 512 MB; 256 MB is the least.',
    },
    'function-timeout': {
      title: 'The timeout leaves time to send and to store',
      remedy: 'Set 60 s for the forwarder.',
    },
    'function-concurrency': {
      title: 'The concurrency is reserved, and not 0',
      remedy: 'Reserve some, such as 20. With 0, every event goes to the on-failure destination unseen.',
    },
    'function-recursion': {
      title: 'Lambda stops recursive loops',
      remedy: 'aws lambda put-function-recursion-config --recursive-loop Terminate',
    },
    'function-log-level': {
      title: 'The reports of the forwarder are logged',
      remedy: 'Set the application log level to INFO or lower, or the log format to Text.',
    },
    'function-log-retention': {
      title: 'The logs of the forwarder end some day',
      remedy: 'aws logs put-retention-policy --retention-in-days 30',
    },
  },
  subscription: {
    'subscription-found': {
      title: 'Log groups are subscribed',
      remedy:
        'Subscribe the log groups whose functions print telemetry, or set an account policy; name them with --log-group.',
    },
    'subscription-pattern': {
      title: 'The filter pattern brings telemetry, and nothing else',
      remedy: 'Use { $.__otel_otlp_stdout = * }, or the lenient "__otel_otlp_stdout" for wrapped lines.',
    },
    'subscription-double': {
      title: 'Nothing is delivered twice',
      remedy: 'Remove one of the filters, or leave the log group out of the account policy: each brings every line.',
    },
    'subscription-limit': {
      title: 'The log group has room for a filter',
      remedy: 'A log group takes two filters: remove one, or use an account policy.',
    },
    'subscription-own-logs': {
      title: 'The forwarder is not fed with its own logs',
      remedy:
        'Remove the filter, or leave the log group out of the account policy. Events of these groups are acknowledged, and cost all the same.',
    },
    'subscription-log-class': {
      title: 'The log class allows subscriptions',
      remedy: 'Make a log group of the class Standard: the class of a group cannot be changed.',
    },
    'subscription-delivery': {
      title: 'CloudWatch Logs delivers what it finds',
      remedy:
        'See the permission of the function and its concurrency. What was skipped is still in the log group: serverless-otlp backfill.',
    },
    'producer-log-level': {
      title: 'The log level of the functions lets envelopes through',
      remedy: 'Set the application log level to INFO or lower: a line that names no level counts as INFO.',
    },
    'invoke-permission': {
      title: 'CloudWatch Logs may invoke the function',
      remedy:
        'aws lambda add-permission with principal logs.amazonaws.com, before the filter. Without it lines are skipped, not kept.',
    },
    'invoke-permission-source': {
      title: 'Only log groups of this account may invoke it',
      remedy: 'Give the permission --source-account and --source-arn.',
    },
  },
} as const;
