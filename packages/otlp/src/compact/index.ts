export { compactDeflate } from './deflate.ts';
