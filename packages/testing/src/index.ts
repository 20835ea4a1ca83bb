export { type Oracle, newerOracle, ORACLES, protobufEsOracle, protobufjsOracle } from './oracles.ts';
export { NEWER_FIELDS, REQUEST_NAMES, schemaRoot } from './oracles-schema.ts';
export { arbitraryRequest, type ArbitraryRequestOptions } from './generators.ts';
export { itemIds, sampleBytes, type SampleOptions, sampleRequest } from './generators-samples.ts';
