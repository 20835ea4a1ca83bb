import { withBuiltins, withoutBarrel } from '../lambda/own-sources.ts';
import { withNumbers } from './constants.ts';
import { direct } from './direct-imports.ts';

/** What is done to our own sources in every bundle of the Lambda package. */
export const change = (source: string): string => direct(withNumbers(withoutBarrel(withBuiltins(source))));
