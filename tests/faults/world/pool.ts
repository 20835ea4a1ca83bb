import type { Environment } from './environment.ts';
import type { WorldDestination } from './destination.ts';
import type { RequestRecord } from './record.ts';

/** What the environments of one function may hold against destinations, as far as it shows. */
interface Member {
  readonly environment: Environment;
  /** `<destination> <signal>` whose last answer was good, and nothing bad since. */
  readonly clean: Set<string>;
}

/** The environments of a function: as many as events come at once. */
export interface Pool {
  /** One that has nothing to do; a new one if there is none. */
  acquire(): Member;
  release(member: Member): void;
  /** What it learned from these answers. */
  learn(member: Member, records: readonly RequestRecord[]): void;
  /** A destination fails from now on: whoever asks it may spare it later. */
  spoil(destination: string): void;
  readonly members: readonly Member[];
  end(): Promise<void>;
}

/** An empty pool. */
export const poolOf = (start: () => Environment, destinations: readonly WorldDestination[]): Pool => {
  const members = new Set<Member>();
  const idle: Member[] = [];

  const born = (): Member => {
    const healthy = destinations.filter(({ behaviour }) => behaviour.healthy === true);
    const clean = healthy.flatMap(({ id, signals }) => signals.map((signal) => `${id} ${signal}`));
    const member = { environment: start(), clean: new Set(clean) };
    members.add(member);
    return member;
  };

  return {
    acquire: () => {
      for (let member = idle.pop(); member !== undefined; member = idle.pop()) {
        if (member.environment.alive) return member;
        members.delete(member);
      }
      return born();
    },
    release: (member) => {
      if (member.environment.alive) idle.push(member);
      else members.delete(member);
    },
    learn: ({ clean }, records) => {
      for (const { destination, signal, status, answered } of records) {
        const { behaviour } = destinations.find(({ id }) => id === destination) ?? {};
        if (behaviour?.healthy === true && status === 200 && answered === true) clean.add(`${destination} ${signal}`);
        else clean.delete(`${destination} ${signal}`);
      }
    },
    spoil: (destination) => {
      for (const { clean } of members)
        for (const known of clean) if (known.startsWith(`${destination} `)) clean.delete(known);
    },
    get members() {
      return [...members];
    },
    end: async () => {
      idle.length = 0;
      await Promise.all([...members].map(({ environment }) => environment.end()));
      members.clear();
    },
  };
};
