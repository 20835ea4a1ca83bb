/**
 * What `@serverless-otlp/lambda` is made of besides, like `./plain-spans`. It is no interface of this package: it may change with
 * every version.
 */
export { environment } from './config/environment.ts';
export { disabled, type Limits, listOf, logLimits, numberOf, spanLimits, wanted } from './config/standard-variables.ts';
export { pairsOf } from './config/header-list.ts';
