import { createDevScreen, startOtlpServer, terminalOf } from '@serverless-otlp/dev-server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambda } from '../../scripts/build-lambda.ts';
import type { Order } from './functions/order.ts';
import { damageFirstEnvelope } from './platform/damage.ts';
import { startForwarder } from './platform/forwarder.ts';
import { startHttpApi } from './platform/http-api.ts';
import { createNotebook, type Items } from './platform/items.ts';
import { type LambdaFunction, startLambda } from './platform/lambda.ts';
import { createLogGroups } from './platform/log-groups.ts';
import { startQueue } from './platform/queue.ts';

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
  /** What the functions printed. */
  readonly sent: Items;
  readonly received: Items;
  /** Request ids of the invocations so far. */
  invocations(): readonly string[];
  /** What the forwarder reported as wrong. */
  readonly troubles: readonly string[];
  /** Waits until everything has been forwarded and drawn, and ends all processes. */
  close(): Promise<void>;
}

const FUNCTIONS = ['storefront', 'cart', 'payment', 'stock', 'mailer'] as const;

const ROUTES = {
  'POST /checkout': 'storefront',
  'GET /carts/{number}': 'cart',
  'POST /payments': 'payment',
  'POST /reservations': 'stock',
};

/** Builds the forwarder, starts it, the functions and the receiver, and connects them. */
export const openShop = async ({ port, corruptLine, print }: ShopOptions): Promise<Shop> => {
  const [printed, arrived] = [createNotebook(), createNotebook()];
  const screen = createDevScreen({ terminal: terminalOf(process.stdout), print });
  const directory = mkdtempSync(join(tmpdir(), 'demo-shop-'));
  const [receiver] = await Promise.all([
    startOtlpServer({
      port,
      onRequest: ({ signal, body, request }) => {
        arrived.addRequest(signal, body);
        screen.show(request);
      },
    }),
    buildLambda(directory),
  ]);
  const forwarder = await startForwarder(join(directory, 'index.mjs'), receiver.url);
  const logGroups = createLogGroups((event) => forwarder.invoke(event));
  const damage = corruptLine ? damageFirstEnvelope() : (line: string): string => line;

  const functions = new Map<string, LambdaFunction>();
  const invoke = async (name: string, event: object): Promise<unknown> => await functions.get(name)?.invoke(event);
  const api = await startHttpApi(ROUTES, invoke);
  const mails = await startQueue('mails', (event) => invoke('mailer', event));
  const variables = {
    SHOP_URL: api.url,
    MAIL_QUEUE_URL: mails.url,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
  };
  await Promise.all(
    FUNCTIONS.map(async (name) => {
      const path = join(import.meta.dirname, 'functions', `${name}.ts`);
      const started = await startLambda(name, path, variables, (line) => {
        printed.addLine(line);
        logGroups.add(name, damage(line));
      });
      functions.set(name, started);
    }),
  );

  return {
    url: receiver.url,
    sent: printed.items,
    received: arrived.items,
    invocations: () => [...functions.values()].flatMap(({ invocations }) => [...invocations]),
    troubles: forwarder.troubles,
    order: async (order) => {
      // A refused order is part of the show: its trace tells why.
      await fetch(`${api.url}/checkout`, { method: 'POST', body: JSON.stringify(order) });
    },
    close: async () => {
      await mails.drained();
      // Its end closes the pipe of a function: after that every line it printed has been read.
      await Promise.all([...functions.values()].map((one) => one.stop()));
      await logGroups.flush();
      screen.flush();
      await Promise.all([forwarder.stop(), receiver.close(), api.close(), mails.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
