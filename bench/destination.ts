import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** An HTTP server in another process. */
export interface Destination {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** The body of the last POST. */
  lastBody(): Promise<Buffer>;
  stop(): void;
}

/** Starts sink.ts, which takes every POST, or never answers one. It ends with this process at the latest. */
export const startDestination = async (behaviour: 'take' | 'hang' = 'take'): Promise<Destination> => {
  const child = fork(fileURLToPath(new URL('sink.ts', import.meta.url)), [behaviour], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    lastBody: async () => Buffer.from(await (await fetch(url)).arrayBuffer()),
    stop: () => child.disconnect(),
  };
};
