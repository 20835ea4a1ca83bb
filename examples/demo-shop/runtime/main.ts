/**
 * The process of one function, as a Lambda execution environment: takes invocations from the platform (here over IPC), runs the
 * handler, and prints telemetry to standard output, among the lines that Lambda and the function itself print.
 */
import { randomUUID } from 'node:crypto';
import { SHOP } from '../functions/shop.ts';
import type { Context, Order } from './function.ts';
import type { FromFunction, ToFunction } from './messages.ts';
import { createRecorder } from './recorder.ts';

const name = process.argv[2] ?? '';
const shopFunction = SHOP[name];
if (shopFunction === undefined) throw new Error(`no function "${name}" in the shop`);

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

const pending = new Map<number, Pending>();
let calls = 0;

const tell = (message: FromFunction): void => {
  if (process.connected) process.send?.(message);
};

/** Standard output is a pipe: only the callback says that the line is out. */
const print = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));

const callOthers = (target: string, event: unknown, traceparent: string, asynchronous: boolean): Promise<unknown> =>
  new Promise((resolve, reject) => {
    calls += 1;
    if (asynchronous) resolve(undefined);
    else pending.set(calls, { resolve, reject });
    tell({ type: 'call', id: calls, target, event, traceparent, asynchronous });
  });

const invoke = async (id: number, event: unknown, traceparent: string | undefined): Promise<void> => {
  // One recorder per invocation: what is printed before it ends is all there is, nothing waits for the next one.
  const telemetry = createRecorder(name);
  const requestId = randomUUID();
  const span = telemetry.span(shopFunction.operation, shopFunction.kind, traceparent, {
    'faas.invocation_id': requestId,
  });
  const context: Context = {
    telemetry,
    span,
    call: (target, payload, parent) => callOthers(target, payload, parent, false),
    send: (target, payload, parent) => void callOthers(target, payload, parent, true),
  };
  await print(`START RequestId: ${requestId} Version: $LATEST`);
  let outcome: { readonly result?: unknown; readonly error?: string };
  try {
    outcome = { result: await shopFunction.handle(event as Order, context) };
    span.end();
  } catch (error) {
    const failure = error instanceof Error ? error : new Error('failed');
    outcome = { error: failure.message };
    span.end(failure);
  }
  const { lines, ids } = telemetry.take();
  for (const line of lines) await print(line);
  await print(`END RequestId: ${requestId}`);
  await print(`REPORT RequestId: ${requestId}\tMemory Size: 256 MB`);
  tell({ type: 'done', id, ids, ...outcome });
};

process.on('message', (message: ToFunction) => {
  if (message.type === 'invoke') {
    void invoke(message.id, message.event, message.traceparent);
    return;
  }
  const caller = pending.get(message.id);
  pending.delete(message.id);
  if (message.error === undefined) caller?.resolve(message.result);
  else caller?.reject(new Error(message.error));
});

// Ctrl-C reaches the whole group: the platform finishes the round first, then closes the channel.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });
