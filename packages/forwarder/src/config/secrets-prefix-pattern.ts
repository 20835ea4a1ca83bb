import { type CharTest, isWordChar } from './secrets-prefix-pattern-class.ts';
import { parsePattern, PatternError, type Tree } from './secrets-prefix-pattern-parser.ts';

/** One step of a program: go on behind a character, at a position, or at several places at once. */
type Step =
  | { readonly char: CharTest }
  | { readonly at: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly to: readonly number[] };

/** A pattern takes at most so many steps, and is looked for in at most so much text: measured 10 ms at the worst, 7 µs as a rule. */
const MAX_STEPS = 1_024;
const MAX_TEXT = 512;
/** Answers that are kept. The names of log groups and services come again and again. */
const MAX_KEPT = 1_000;

/** Repetitions are written out, so that each step is taken at most once per character. */
const programOf = (tree: Tree): readonly Step[] => {
  const steps: Step[] = [];
  const add = (step: Step): number => {
    if (steps.length >= MAX_STEPS) throw new PatternError('needs too many steps: its repetitions are too large');
    return steps.push(step) - 1;
  };
  const emit = (one: Tree): void => {
    if ('char' in one || 'at' in one) add(one);
    else if ('sequence' in one) one.sequence.forEach(emit);
    else if ('choice' in one) emitChoice(one.choice);
    else emitRepeat(one.repeat, one.min, one.max);
  };
  const emitChoice = (options: readonly Tree[]): void => {
    const ends = options.slice(0, -1).map((option) => {
      const fork = add({ to: [] });
      emit(option);
      const end = add({ to: [] });
      steps[fork] = { to: [fork + 1, end + 1] };
      return end;
    });
    options.slice(-1).forEach(emit);
    for (const end of ends) steps[end] = { to: [steps.length] };
  };
  const emitRepeat = (body: Tree, min: number, max: number): void => {
    for (let count = 0; count < min; count++) emit(body);
    if (max === Infinity) {
      const fork = add({ to: [] });
      emit(body);
      add({ to: [fork] });
      steps[fork] = { to: [fork + 1, steps.length] };
      return;
    }
    const forks: number[] = [];
    for (let count = min; count < max; count++) {
      forks.push(add({ to: [] }));
      emit(body);
    }
    for (const fork of forks) steps[fork] = { to: [fork + 1, steps.length] };
  };
  emit(tree);
  return steps;
};

/** Whether a position lies where a step wants it: between the character before and the one behind. */
const isAt = (at: 'start' | 'end' | 'boundary' | 'inside', before: string, behind: string): boolean => {
  if (at === 'start') return before === '';
  if (at === 'end') return behind === '';
  return (isWordChar(before) !== isWordChar(behind)) === (at === 'boundary');
};

/** Follows all ways through the program at once, so that no text takes longer than its length times that of the program. */
const search = (steps: readonly Step[], text: string): boolean => {
  const chars = Array.from(text);
  const seen = new Int32Array(steps.length).fill(-1);
  let waiting: number[] = [];
  for (let place = 0; place <= chars.length; place++) {
    const [before = '', behind = ''] = [chars[place - 1], chars[place]];
    const todo = [...waiting, 0]; // a match may begin anywhere
    waiting = [];
    for (let index = todo.pop(); index !== undefined; index = todo.pop()) {
      if (index === steps.length) return true;
      if (seen[index] === place) continue;
      seen[index] = place;
      const step = steps[index] ?? { to: [] };
      if ('to' in step) todo.push(...step.to);
      else if ('char' in step) waiting.push(...(behind !== '' && step.char(behind) ? [index + 1] : []));
      else if (isAt(step.at, before, behind)) todo.push(index + 1);
    }
  }
  return false;
};

/** A regular expression that can be looked for. */
export interface Pattern {
  /** Whether it matches anywhere in the text; `undefined` for text that is too long to tell. */
  foundIn(text: string): boolean | undefined;
}

/**
 * Compiles a regular expression of the reference's kind. Time is bounded by the lengths of expression and text, whatever they are:
 * JavaScript's own would take years for some, and the text is somebody else's word (F27).
 *
 * @throws {PatternError} for what is no expression, or too large a one.
 */
export const compilePattern = (pattern: string): Pattern => {
  const steps = programOf(parsePattern(pattern));
  const kept = new Map<string, boolean>();
  return {
    foundIn: (text) => {
      if (text.length > MAX_TEXT) return undefined;
      const known = kept.get(text);
      if (known !== undefined) return known;
      const found = search(steps, text);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(text, found);
      return found;
    },
  };
};
