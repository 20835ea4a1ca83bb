/** Every secret in the world begins so. None of them may ever be seen in an output, or in a letter. */
const MARK = 'canary-4f1c';

/** The secrets, and what Basic authentication makes of one. */
export const CANARY: Readonly<Record<'envelope' | 'password', string>> = {
  envelope: `${MARK}-envelope`,
  password: `${MARK}-password`,
};

/** The key of a destination; `turn` counts how often it was changed. */
export const keyOf = (destination: string, turn: number): string => `${MARK}-key-${destination}-${turn}`;

/** User and password in the URL of a destination. */
export const USER_INFO: string = `forwarder:${CANARY.password}`;

const BASIC = Buffer.from(USER_INFO).toString('base64');

/** Whether a text gives a secret away. */
export const showsCanary = (text: string): boolean => text.includes(MARK) || text.includes(BASIC);
