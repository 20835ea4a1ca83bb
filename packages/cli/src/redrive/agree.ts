import { createInterface } from 'node:readline/promises';

/** Where a person is asked. */
export interface Dialogue {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Whether a person says yes. No answer, an end of the input and an interruption are none. */
export const isAgreed = async (question: string, signal: AbortSignal, dialogue: Dialogue): Promise<boolean> => {
  const reader = createInterface(dialogue);
  try {
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    const answer = await Promise.race([reader.question(question, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    reader.close();
  }
};
