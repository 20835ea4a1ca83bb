import { createHash } from 'node:crypto';
import { type Signal, signalOfPath } from '@serverless-otlp/otlp';
import { protobufjsOracle } from '@serverless-otlp/testing';
import {
  type FakeAnswer,
  type FakeCollector,
  type ReceivedRequest,
  startFakeCollector,
  testTls,
} from '@serverless-otlp/testing/fake-collector';
import type { Random } from '../../../scripts/fuzz/random.ts';
import { type Behaviour, HEALTHY, type Verdict } from './behaviours.ts';
import { keyOf } from './canary.ts';
import { idsIn } from './items.ts';
import type { RequestRecord } from './record.ts';

/** What is known of a destination before anything happens. */
export interface DestinationPlan {
  /** Its id in the configuration is `otlp_http/<name>`. */
  readonly name: string;
  readonly signals: readonly Signal[];
  /** Settings besides the endpoint and headers. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly takes: (logGroup: string) => boolean;
  readonly tls?: true;
  /** The name it is found by. */
  readonly host: string;
  /** Items it refuses for ever, with every request they are in. */
  readonly isPoison: (id: number) => boolean;
}

/** A server that misbehaves as it is told. */
export interface WorldDestination extends DestinationPlan {
  readonly id: string;
  readonly port: number;
  readonly behaviour: Behaviour;
  /** The key it asks for now. */
  readonly key: string;
  behave(behaviour: Behaviour): Promise<void>;
  /** What a freeze does to the connections of an environment that wait. */
  closeIdle(environment: string): void;
  close(): Promise<void>;
}

/** Whom a destination tells what it saw. */
export interface Witness {
  readonly random: Random;
  record(record: RequestRecord): void;
  /** Whether the command is still running that the request is part of. */
  isRunning(record: RequestRecord): boolean;
  violation(text: string): void;
}

/** Ports that no outgoing connection gets, so that a server finds its own free when it comes back. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** Every so many requests one is decoded by an independent codec. */
const SAMPLE = 40;

const startOnFreePort = async (
  random: Random,
  start: (port: number) => Promise<FakeCollector>,
): Promise<FakeCollector> => {
  for (let tries = 1; ; tries++) {
    try {
      return await start(FIRST_PORT + random.below(PORTS));
    } catch (error) {
      if (tries > 20) throw error;
    }
  }
};

const environmentOf = ({ headers }: ReceivedRequest): string => String(headers['x-environment']);

/** Starts a destination. */
export const startDestination = async (plan: DestinationPlan, witness: Witness): Promise<WorldDestination> => {
  const id = `otlp_http/${plan.name}`;
  let behaviour = HEALTHY;
  let turn = 0;
  const open = new Map<ReceivedRequest, { readonly record: RequestRecord; readonly verdict: Verdict }>();
  /** The last answer on each connection, as long as nothing shows that it was read. */
  const last = new Map<number, RequestRecord>();
  /** Which environment opened a connection. */
  const owners = new Map<number, string>();
  const { server, expired } = testTls();

  const judge = (request: ReceivedRequest, signal: Signal, ids: readonly number[]): Verdict => {
    const authorization = String(request.headers['x-api-key']);
    if (authorization !== keyOf(plan.name, turn)) {
      if (!authorization.includes(`-key-${plan.name}-`)) witness.violation(`${id} was sent a key of somebody else`);
      return { answer: { status: 401 } };
    }
    if (ids.some(plan.isPoison)) return { answer: { status: 400 } };
    const { body } = request;
    const environment = environmentOf(request);
    const asked = { signal, ids, bytes: body.length, random: witness.random, environment, authorization };
    return behaviour.decide?.(asked) ?? HEALTHY.decide?.(asked) ?? { answer: {} };
  };

  const inspect = (request: ReceivedRequest, signal: Signal | undefined, index: number): void => {
    const { path, headers, body } = request;
    if (signal === undefined || !plan.signals.includes(signal)) witness.violation(`${id} was asked for ${path}`);
    if (headers['x-injected'] !== undefined || headers.host?.includes('evil') === true)
      witness.violation(`${id} received headers that a line made up`);
    if (index % SAMPLE !== 0 || signal === undefined) return;
    try {
      if (headers['content-type'] === 'application/json') JSON.parse(body.toString());
      else protobufjsOracle.decode(signal, body);
    } catch {
      witness.violation(`${id} was sent what is no OTLP`);
    }
  };

  const script = (request: ReceivedRequest, index: number): FakeAnswer => {
    const signal = signalOfPath(request.path);
    inspect(request, signal, index);
    const { body } = request;
    const ids = idsIn(body);
    const verdict = judge(request, signal ?? 'traces', ids);
    const { answer, taken = [], rejected = [] } = verdict;
    const record: RequestRecord = {
      destination: id,
      signal: signal ?? 'traces',
      environment: environmentOf(request),
      ids,
      hash: createHash('sha1').update(body).digest('base64'),
      status: 'fault' in answer || 'raw' in answer ? 0 : (answer.status ?? 200),
      taken,
      rejected,
      answered: undefined,
      abandoned: false,
    };
    open.set(request, { record, verdict });
    owners.set(request.connection, record.environment);
    last.delete(request.connection);
    witness.record(record);
    return answer;
  };

  const onEnd = (request: ReceivedRequest, answered: boolean): void => {
    const seen = open.get(request);
    if (seen === undefined) return;
    open.delete(request);
    const { record, verdict } = seen;
    // Of an answer that breaks off the status was there.
    record.answered = answered || 'cut' in verdict.answer;
    if (verdict.plain === true) last.set(request.connection, record);
  };
  const onDisconnect = (connection: number): void => {
    const waiting = last.get(connection);
    last.delete(connection);
    owners.delete(connection);
    // However soon after the request that is: who gives up a whole run gives up what it has just sent.
    if (waiting !== undefined && witness.isRunning(waiting)) waiting.abandoned = true;
  };
  const collector = await startOnFreePort(witness.random, (port) =>
    startFakeCollector({
      port,
      script,
      onEnd,
      onDisconnect,
      keepRequests: false,
      ...(plan.tls === true && { tls: server }),
    }),
  );
  const behave = async (next: Behaviour): Promise<void> => {
    last.clear();
    const [before, now] = [behaviour.outside, next.outside];
    behaviour = next;
    if (now === 'key changed') turn++;
    if ((before === 'down') !== (now === 'down')) await collector.listen(now !== 'down');
    if (now === 'untrusted') collector.present(expired);
    else if (before === 'untrusted') collector.present(server);
    // A name is asked for with each new connection only.
    if (now === 'unresolved') collector.closeIdle();
  };
  return {
    ...plan,
    id,
    port: collector.port,
    get behaviour() {
      return behaviour;
    },
    get key() {
      return keyOf(plan.name, turn);
    },
    behave,
    closeIdle: (environment) => {
      collector.closeIdle((connection) => {
        if (owners.get(connection) !== environment) return false;
        last.delete(connection);
        return true;
      });
    },
    close: () => collector.close(),
  };
};
