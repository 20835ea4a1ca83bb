import { createDevScreen, startOtlpServer, terminalOf } from '@serverless-otlp/dev-server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambda } from '../../scripts/build-lambda.ts';
import { SHOP } from './functions/shop.ts';
import { createArrivals, type Arrivals } from './platform/arrivals.ts';
import { damageFirstEnvelope } from './platform/damage.ts';
import { startForwarder } from './platform/forwarder-host.ts';
import { startFunction, type FunctionHost } from './platform/function-host.ts';
import { createLogGroups } from './platform/log-groups.ts';
import type { Order } from './runtime/function.ts';
import { noIds, type Ids } from './runtime/ids.ts';

/** How the shop is opened. */
export interface ShopOptions {
  /** Of the receiver; 0 is a free one. */
  readonly port: number;
  /** Damages one line between the functions and the forwarder, to show that the count at the end notices. */
  readonly corruptLine: boolean;
  readonly print: (lines: readonly string[]) => void;
}

/** The whole system on one machine. */
export interface Shop {
  /** Where the receiver listens. */
  readonly url: string;
  /** Takes an order; resolves when the customer has the answer, mail may still be on its way. */
  order(order: Order): Promise<void>;
  /** Waits until everything printed so far has been forwarded and drawn. */
  settle(): Promise<void>;
  readonly sent: Ids;
  readonly received: Arrivals;
  /** What the forwarder reported as wrong. */
  readonly troubles: readonly string[];
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Builds the forwarder, starts it, the functions and the receiver, and connects them. */
export const openShop = async ({ port, corruptLine, print }: ShopOptions): Promise<Shop> => {
  const sent = noIds();
  const received = createArrivals();
  const screen = createDevScreen({ terminal: terminalOf(process.stdout), print });
  const directory = mkdtempSync(join(tmpdir(), 'demo-shop-'));
  const [server] = await Promise.all([
    startOtlpServer({
      port,
      onRequest: (request) => {
        received.add(request);
        screen.show(request.request);
      },
    }),
    buildLambda(directory),
  ]);
  const forwarder = await startForwarder(join(directory, 'index.mjs'), server.url);
  const damage = corruptLine ? damageFirstEnvelope() : (line: string): string => line;
  const logGroups = createLogGroups((event) => forwarder.invoke(event));
  const functions = new Map<string, FunctionHost>();
  const background = new Set<Promise<unknown>>();

  const invoke = async (target: string, event: unknown, traceparent: string | undefined): Promise<unknown> => {
    const host = functions.get(target);
    if (host === undefined) throw new Error(`there is no function ${target}`);
    return await host.invoke(event, traceparent);
  };
  const invokeInBackground = (target: string, event: unknown, traceparent: string): void => {
    const invocation: Promise<unknown> = invoke(target, event, traceparent)
      .catch(() => undefined)
      .finally(() => background.delete(invocation));
    background.add(invocation);
  };
  await Promise.all(
    Object.keys(SHOP).map(async (name) => {
      const host = await startFunction(name, {
        onLine: (from, line) => logGroups.add(from, damage(line)),
        onIds: (ids) => {
          sent.traces.push(...ids.traces);
          sent.metrics.push(...ids.metrics);
          sent.logs.push(...ids.logs);
        },
        invoke: async (target, event, traceparent, asynchronous) => {
          if (!asynchronous) return await invoke(target, event, traceparent);
          invokeInBackground(target, event, traceparent);
          return undefined;
        },
      });
      functions.set(name, host);
    }),
  );

  const settle = async (): Promise<void> => {
    await Promise.all(background);
    await logGroups.flush();
    screen.flush();
  };
  return {
    url: server.url,
    sent,
    received,
    troubles: forwarder.troubles,
    order: async (order) => {
      // A refused order is part of the show: its trace tells why.
      await invoke('storefront', order, undefined).catch(() => undefined);
    },
    settle,
    close: async () => {
      await Promise.all(background);
      // Its end closes the pipe of a function: after that every line it printed has been read.
      await Promise.all([...functions.values()].map((host) => host.stop()));
      await settle();
      await forwarder.stop();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
