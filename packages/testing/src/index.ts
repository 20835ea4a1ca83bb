export { type Oracle, newerOracle, ORACLES, protobufEsOracle, protobufjsOracle } from './oracles.ts';
export { NEWER_FIELDS, REQUEST_NAMES, schemaRoot } from './oracles-schema.ts';
export { arbitraryRequest, type ArbitraryRequestOptions } from './generators.ts';
export { itemIds, sampleBytes, type SampleOptions, sampleRequest } from './generators-samples.ts';
export { type MemoryStore, memoryStore, type MemoryStoreOptions, type StoreOperation } from './memory-store.ts';
export { type SampleLetter, sampleLetter, type SampleLetterOptions } from './sample-letters.ts';
export {
  type DoubleAnswer,
  doubleDestination,
  type DoubleDestination,
  type DoubleRequest,
} from './double-destination.ts';
