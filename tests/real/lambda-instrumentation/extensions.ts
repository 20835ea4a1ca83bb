import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import type { Invocation } from './service.ts';

/** A registration that was asked for, and what became of it. */
export interface Registration {
  readonly name: string;
  readonly events: readonly string[];
  /** `undefined`: it was registered. */
  readonly refused: string | undefined;
}

/** The Extensions API, as far as extensions inside the runtime's process may use it. */
export interface Extensions {
  readonly registrations: () => readonly Registration[];
  /** How often each asked for its next event. */
  readonly asked: () => number;
  readonly closeRegistration: () => void;
  /** Whether all that have to have asked: at first everybody, then those who want to be told of invocations. */
  readonly allWait: (isInitialized: boolean) => boolean;
  readonly tell: (invocation: Invocation) => void;
  readonly answer: (path: string, headers: IncomingHttpHeaders, body: string, response: ServerResponse) => void;
}

interface Registered {
  readonly name: string;
  readonly id: string;
  readonly events: readonly string[];
  waiting: ServerResponse | undefined;
}

const refuse = (response: ServerResponse, errorType: string): void => {
  response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ errorType }));
};

/**
 * @param offered what may be registered for: never `SHUTDOWN`, and nothing where many invocations run at once.
 * @param changed called when one of them waits.
 */
export const extensionsApi = (offered: readonly string[], changed: () => void): Extensions => {
  const all: Registered[] = [];
  const registrations: Registration[] = [];
  let closed = false;
  let asked = 0;

  const refusal = (name: string, events: readonly string[]): string | undefined => {
    if (name === '') return 'Extension.InvalidExtensionName';
    if (events.some((event) => !offered.includes(event))) return 'Extension.InvalidEventType';
    if (closed) return 'Extension.RegistrationClosed';
    return all.some((one) => one.name === name) ? 'Extension.InvalidExtensionState' : undefined;
  };
  const register = (headers: IncomingHttpHeaders, body: string, response: ServerResponse): void => {
    const name = String(headers['lambda-extension-name'] ?? '');
    const { events } = JSON.parse(body) as { readonly events: readonly string[] };
    const refused = refusal(name, events);
    registrations.push({ name, events, refused });
    if (refused !== undefined) {
      refuse(response, refused);
      return;
    }
    const id = `extension-${all.length}`;
    all.push({ name, id, events, waiting: undefined });
    const about = { functionName: 'shop', functionVersion: '$LATEST', handler: 'index.handler' };
    response.writeHead(200, { 'lambda-extension-identifier': id }).end(JSON.stringify(about));
  };
  const next = (headers: IncomingHttpHeaders, response: ServerResponse): void => {
    const one = all.find(({ id }) => id === headers['lambda-extension-identifier']);
    if (one === undefined) {
      refuse(response, 'Extension.UnknownExtensionIdentifier');
      return;
    }
    asked++;
    one.waiting = response;
    changed();
  };
  return {
    registrations: () => registrations,
    asked: () => asked,
    closeRegistration: () => (closed = true),
    allWait: (isInitialized) =>
      all.every(({ events, waiting }) => waiting !== undefined || (isInitialized && !events.includes('INVOKE'))),
    tell: ({ deadlineMs, id, xRay }) => {
      for (const one of all) {
        if (!one.events.includes('INVOKE')) continue;
        const tracing = { type: 'X-Amzn-Trace-Id', value: xRay };
        one.waiting?.end(JSON.stringify({ eventType: 'INVOKE', deadlineMs, requestId: id, tracing }));
        one.waiting = undefined;
      }
    },
    answer: (path, headers, body, response) => {
      if (path === '/register') register(headers, body, response);
      else if (path === '/event/next') next(headers, response);
      else response.writeHead(404).end();
    },
  };
};
