import { ACCOUNT, REGION } from './aws-emulator.ts';

/** Calls to one emulator, by the protocol of the service. Each resolves to the text of the answer. */
export interface Call {
  readonly rest: (method: string, path: string, input?: object) => Promise<string>;
  readonly json: (service: string, target: string, input: object) => Promise<string>;
  readonly query: (service: string, input: Readonly<Record<string, string>>) => Promise<string>;
  readonly s3: (path: string, body: string) => Promise<string>;
}

/** Makes requests without the SDK, which is part of what is tested. */
export const caller = (endpoint: string): Call => {
  const send = async (service: string, method: string, path: string, body: string, headers: Record<string, string>) => {
    const credential = `any/20260101/${REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=any`;
    const init = { method, headers: { authorization, ...headers }, ...(body === '' ? {} : { body }) };
    const response = await fetch(`${endpoint}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} ${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return text;
  };
  return {
    rest: (method: string, path: string, input?: object) =>
      send('lambda', method, path, input === undefined ? '' : JSON.stringify(input), {
        'content-type': 'application/json',
      }),
    json: (service: string, target: string, input: object) =>
      send(service, 'POST', '/', JSON.stringify(input), {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      }),
    query: (service: string, input: Readonly<Record<string, string>>) =>
      send(service, 'POST', '/', new URLSearchParams(input).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    s3: (path: string, body: string) => send('s3', 'PUT', path, body, {}),
  };
};

/** The ARN of a function. */
export const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
/** A call of CloudWatch Logs. */
export const logs = (call: Call, action: string, input: object): Promise<string> =>
  call.json('logs', `Logs_20140328.${action}`, input);
