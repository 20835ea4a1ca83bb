import { existsSync, readFileSync } from 'node:fs';

import { canonicalRequest } from './canonical.ts';
import { outputFile } from './collector-config.ts';
import { itemsOf } from './items.ts';
import { SIGNALS, type Signal } from './schema.ts';
import { type Items, sortedItems } from './sent.ts';

/** Whole lines: the rest of one that a killed Collector was just writing was never answered for. */
const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

/** What the first `runs` runs of a Collector wrote into a folder. */
export const writtenItems = (folder: string, runs: number): Items => {
  const written = (signal: Signal): readonly string[] =>
    Array.from({ length: runs }, (_, run) => linesOf(outputFile(folder, run, signal)))
      .flat()
      .flatMap((line) => itemsOf(signal, canonicalRequest(signal, JSON.parse(line), 'json')));
  const [traces = [], metrics = [], logs = []] = SIGNALS.map(written);
  return sortedItems({ traces, metrics, logs });
};
