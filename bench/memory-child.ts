/** Runs the bundled handler on the event in a file, and tells the peak of its resident memory in bytes. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

const [bundle = '', file = '', invocations = '1'] = process.argv.slice(2);
const { handler } = (await import(pathToFileURL(bundle).href)) as { readonly handler: Handler };
for (let invocation = 0; invocation < Number(invocations); invocation++) {
  // Each invocation gets an event of its own, as the runtime parses it from the wire.
  await handler(JSON.parse(readFileSync(file, 'utf8')), { getRemainingTimeInMillis: () => 60_000 });
}

/** Linux hands the peak of a parent on to its children in `resourceUsage`; this one begins with the program. */
const peakBytes = (): number => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
};
process.send?.(peakBytes());
process.disconnect();
