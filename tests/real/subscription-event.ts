import { gzipSync } from 'node:zlib';

/** The event CloudWatch Logs invokes a subscriber with for these lines of one log stream. */
export const subscriptionEvent = (
  lines: readonly string[],
  messageType = 'DATA_MESSAGE',
  timeMs = 1_767_225_600_000,
): unknown => {
  const message = {
    messageType,
    owner: '123456789012',
    logGroup: '/aws/lambda/checkout',
    logStream: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    subscriptionFilters: ['telemetry'],
    logEvents: lines.map((line, index) => ({
      id: String(index).padStart(56, '0'),
      timestamp: timeMs + index,
      message: `${line}\n`,
    })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
};
