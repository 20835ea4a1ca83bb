/** `npm start`: the whole system on one machine, with nothing to install. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Order } from './functions/order.ts';
import type { Items } from './platform/items.ts';
import { openShop, type Shop } from './shop.ts';

const USAGE = `Usage: npm start -- [--once] [--port <number>]

  --once          take a few orders, then exit 0 only if every item sent was received; the last line counts them
  --port          port of the receiver; default 0, a free one
  --corrupt-line  damage one line on its way, to see that --once notices
`;

const TROUBLES: readonly Order['trouble'][] = ['none', 'card declined', 'slow stock'];
const PAUSE_MS = 1500;

const print = (lines: readonly string[]): void => {
  if (lines.length > 0) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
};

const orderOf = (number: number): Order => ({
  number,
  trouble: TROUBLES[(number - 1) % TROUBLES.length] ?? 'none',
});

const counts = ({ traces, metrics, logs }: Items): Record<string, number> => ({
  traces: traces.size,
  metrics: metrics.size,
  logs: logs.size,
});

/** Whether exactly what was sent has arrived, item by item, and with it a span of every invocation. */
const complete = (shop: Shop): boolean =>
  (['traces', 'metrics', 'logs'] as const).every((signal) => {
    const [sent, received] = [shop.sent[signal], shop.received[signal]];
    return sent.size === received.size && [...sent].every((item) => received.has(item));
  }) && shop.invocations().every((id) => shop.received.invocations.has(id));

const once = async (shop: Shop): Promise<number> => {
  for (const [index] of TROUBLES.entries()) await shop.order(orderOf(index + 1));
  await shop.close();
  const whole = complete(shop);
  if (!whole) {
    process.stderr.write('Not everything that was sent has arrived. The forwarder reported:\n');
    for (const trouble of shop.troubles) process.stderr.write(`  ${trouble}\n`);
  }
  const line = JSON.stringify({ sent: counts(shop.sent), received: counts(shop.received) });
  await new Promise<void>((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
  return whole ? 0 : 1;
};

const NEXT = [
  '',
  'What you could do next:',
  '  node app.js | npx serverless-otlp forward                    the same with your own program,',
  '  npx serverless-otlp dev                                      with this running in another terminal',
  '  npm run build                                                the zip for AWS Lambda; README.md says what to do with it',
];

const forever = async (shop: Shop, signal: AbortSignal): Promise<number> => {
  for (let number = 1; !signal.aborted; number += 1) {
    await shop.order(orderOf(number));
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  await shop.close();
  const [sent, received] = [counts(shop.sent), counts(shop.received)];
  const parts = Object.keys(sent).map(
    (name) =>
      `${received[name] ?? 0} of ${sent[name] ?? 0} ${name === 'traces' ? 'spans' : name === 'metrics' ? 'data points' : 'log records'}`,
  );
  print(['', `Received ${parts.join(', ')}.`, ...NEXT]);
  return 0;
};

const argumentsOf = (args: readonly string[]): { once: boolean; port: number; corruptLine: boolean; help: boolean } => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      'corrupt-line': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new Error('--port must be a number from 0 to 65535');
  return { once: values.once, port: Number(values.port), corruptLine: values['corrupt-line'], help: values.help };
};

const main = async (): Promise<number> => {
  let options: ReturnType<typeof argumentsOf>;
  try {
    options = argumentsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : 'wrong arguments'}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.stdout.on('error', stop);
  print([
    'A demo shop: five functions, each a process of its own, print OpenTelemetry to stdout as Lambda functions would.',
    'Their lines travel as CloudWatch Logs events through the bundled forwarder to an OTLP receiver, which draws what arrives',
    `below: traces as waterfalls, metrics and logs as lines. Nothing leaves this machine.${options.once ? '' : ' Ctrl-C ends.'}`,
    '',
  ]);
  const shop = await openShop({ ...options, print });
  print([`The receiver listens on ${shop.url}.`, '']);
  return await (options.once ? once(shop) : forever(shop, controller.signal));
};

process.exit(await main());
