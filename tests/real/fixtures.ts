import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '../fixtures');

const contents = (folder: string): readonly string[] =>
  readdirSync(join(FIXTURES, folder)).map((file) => readFileSync(join(FIXTURES, folder, file), 'utf8'));

/** Every line that published packages wrote. */
export const envelopeLines = (): readonly string[] =>
  contents('envelopes').flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''));

/** Every OTLP/JSON example of the specification, one line each. */
export const otlpJsonLines = (): readonly string[] =>
  contents('otlp-json').map((text) => JSON.stringify(JSON.parse(text)));
