#!/usr/bin/env node
// Published, this package holds only dist/. In a clone the sources run as they are, built or not.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const source = new URL('../src/main.ts', import.meta.url);

if (existsSync(source)) {
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, '@serverless-otlp/source'] }),
  });
  await import(source.href);
} else {
  await import('../dist/main.js');
}
