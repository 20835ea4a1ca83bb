export { compactDeflate, compactDictionary } from './deflate.ts';
