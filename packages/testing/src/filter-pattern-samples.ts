/** A pattern, a log event, and whether the one matches the other. */
export interface FilterPatternSample {
  readonly pattern: string;
  readonly message: string;
  readonly matches: boolean;
}

const EVENTS = {
  bad: '[ERROR 400] BAD REQUEST',
  unauthorized: '[ERROR 401] UNAUTHORIZED REQUEST',
  missing: '[ERROR 419] MISSING ARGUMENTS',
  internal: '[ERROR 500] INTERNAL SERVER ERROR',
  failed: '[INFO] REQUEST FAILED',
  warned: '[WARN] UNAUTHORIZED REQUEST',
} as const;

const TERMS: Readonly<Record<string, readonly (keyof typeof EVENTS)[]>> = {
  ERROR: ['bad', 'unauthorized', 'missing', 'internal'],
  error: [],
  'ERROR ARGUMENTS': ['missing'],
  '?ERROR ?ARGUMENTS': ['bad', 'unauthorized', 'missing', 'internal'],
  '?ERROR ?ARGUMENTS REQUEST': ['bad', 'unauthorized', 'failed', 'warned'],
  '?ERROR ?ARGUMENTS -REQUEST': ['missing', 'internal'],
  '?WARN -ERROR': ['failed', 'warned'],
  '"INTERNAL SERVER ERROR"': ['internal'],
  'ERROR -ARGUMENTS': ['bad', 'unauthorized', 'internal'],
  '" "': ['bad', 'unauthorized', 'missing', 'internal', 'failed', 'warned'],
  '': ['bad', 'unauthorized', 'missing', 'internal', 'failed', 'warned'],
};

const TRAIL = {
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  'cluster.name': 'c',
};

const USER = {
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [
    { id: 2, email: 'John.Doe@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
    [7, 8, 9],
  ],
};

const NUMBERS = { bandwidth: 80, latency: 49.5, refreshRate: 60, errorCode: 400, number: [1000], on: true };

const JSON_PATTERNS: readonly (readonly [event: object, pattern: string, matches: boolean])[] = [
  [TRAIL, '{ $.eventType = "UpdateTrail" }', true],
  [TRAIL, '{ $.sourceIPAddress != 123.123.* }', true],
  [TRAIL, '{ $.sourceIPAddress != 111.111.* }', false],
  [TRAIL, '{ $.arrayKey[0] = "value" }', true],
  [TRAIL, '{ $.arrayKey[1] = "value" }', false],
  [TRAIL, '{ $.arrayKey[*] = "another value" }', true],
  [TRAIL, '{ $.* = "UpdateTrail" }', true],
  [TRAIL, '{ $.[\'cluster.name\'] = "c" }', true],
  [TRAIL, '{ $.SomeObject IS NULL }', true],
  [TRAIL, '{ $.SomeOtherObject NOT EXISTS }', true],
  [TRAIL, '{ $.arrayKey = * }', false],
  [TRAIL, '{ $.objectList[0] != "x" }', false],
  [TRAIL, '{ $.arrayKey.length = 2 }', false],
  [USER, '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
  [
    USER,
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
    true,
  ],
  [
    USER,
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
    false,
  ],
  [USER, '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
  [NUMBERS, '{ $.bandwidth > 75 }', true],
  [NUMBERS, '{ $.latency < 50 }', true],
  [NUMBERS, '{ $.refreshRate >= 60 }', true],
  [NUMBERS, '{ $.latency <= 5 }', false],
  [NUMBERS, '{ $.errorCode = 400}', true],
  [NUMBERS, '{ $.errorCode != 500 }', true],
  [NUMBERS, '{ $.errorCode = 4* }', true],
  [NUMBERS, '{ $.number[0] = 1e+3 }', true],
  [NUMBERS, '{ $.number[0] != 1e-3 }', true],
  [NUMBERS, '{ $.on = * }', false],
  [NUMBERS, '{ $.on IS TRUE }', true],
];

/**
 * What AWS says of its patterns: the examples of its page, and its sentences ("all question mark terms will be ignored", "value nodes can be
 * strings or numbers", "if a property selector points to an array or object, the filter pattern won't match") on like events.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, read on 2026-11-21 in a stored copy.
 */
export const FILTER_PATTERN_SAMPLES: readonly FilterPatternSample[] = [
  ...Object.entries(TERMS).flatMap(([pattern, matched]) =>
    Object.entries(EVENTS).map(([name, message]) => ({
      pattern,
      message,
      matches: matched.some((one) => one === name),
    })),
  ),
  ...JSON_PATTERNS.map(([event, pattern, matches]) => ({ pattern, message: JSON.stringify(event), matches })),
];
