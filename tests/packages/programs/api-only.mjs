/** Knows the API only: what becomes of what it says, `register` decides. */
import { metrics, trace } from '@opentelemetry/api';
import { logs } from 'sdk';
import { sayEverything } from './say-everything.mjs';

const provider = (name, get) => ({ [name]: get });
sayEverything({
  tracers: provider('getTracer', (...scope) => trace.getTracer(...scope)),
  meters: provider('getMeter', (...scope) => metrics.getMeter(...scope)),
  loggers: provider('getLogger', (...scope) => logs.getLogger(...scope)),
});
