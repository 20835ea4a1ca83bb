import { ACCOUNT, REGION, sendToEmulator } from './aws-emulator.ts';

/** Calls to one emulator, by the protocol of the service. Each resolves to the text of the answer. */
export interface Call {
  readonly rest: (method: string, path: string, input?: object) => Promise<string>;
  readonly json: (service: string, target: string, input: object) => Promise<string>;
  readonly query: (service: string, input: Readonly<Record<string, string>>) => Promise<string>;
  readonly s3: (path: string, body: string) => Promise<string>;
}

/** Makes the calls of one emulator. */
export const caller = (endpoint: string): Call => {
  const post = (service: string, body: string, headers: Readonly<Record<string, string>>): Promise<string> =>
    sendToEmulator(endpoint, { service }, { method: 'POST', headers, body });
  return {
    rest: (method: string, path: string, input?: object) => {
      const sent = { method, headers: { 'content-type': 'application/json' } };
      const body = input === undefined ? {} : { body: JSON.stringify(input) };
      return sendToEmulator(`${endpoint}${path}`, { service: 'lambda' }, { ...sent, ...body });
    },
    json: (service: string, target: string, input: object) =>
      post(service, JSON.stringify(input), {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      }),
    query: (service: string, input: Readonly<Record<string, string>>) =>
      post(service, new URLSearchParams(input).toString(), { 'content-type': 'application/x-www-form-urlencoded' }),
    s3: (path: string, body: string) =>
      sendToEmulator(`${endpoint}${path}`, { service: 's3' }, { method: 'PUT', body }),
  };
};

/** The ARN of a function. */
export const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
/** A call of CloudWatch Logs. */
export const logs = (call: Call, action: string, input: object): Promise<string> =>
  call.json('logs', `Logs_20140328.${action}`, input);
