import { UsageError } from '../usage-error.ts';

/** A log group as the command line names it. */
export interface LogGroupName {
  /** The ARN when it was given as one, else the name. */
  readonly identifier: string;
  readonly name: string;
  /** Account, as the ARN says. */
  readonly owner?: string;
  readonly region?: string;
}

const NAME = /^[\w.\-/#]{1,512}$/;
const ARN = /^(arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([\w.\-/#]{1,512}))(?::\*)?$/;

/**
 * Reads a name or an ARN, with or without the `:*` at its end.
 *
 * @throws {UsageError}
 */
export const logGroupOf = (text: string): LogGroupName => {
  if (NAME.test(text)) return { identifier: text, name: text };
  const [, identifier, region, owner, name] = ARN.exec(text) ?? [];
  if (identifier === undefined || region === undefined || owner === undefined || name === undefined) {
    throw new UsageError(
      `--log-group ${JSON.stringify(text)} is neither the name of a log group nor its ARN. Give for example /aws/lambda/checkout; patterns are not possible.`,
    );
  }
  return { identifier, name, owner, region };
};
