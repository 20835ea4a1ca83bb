import type { Decoded } from '@serverless-otlp/forwarder/types';
import { requestToJson, type OtlpRequest } from '@serverless-otlp/otlp';
import { terminalOf, prettyPrinter, visibleJson } from '@serverless-otlp/dev-server';
import { onInterruption } from '../interruption.ts';
import { outputTo } from '../output.ts';
import { eventsOf, MAX_DOCUMENT_BYTES } from '../sources/events.ts';
import { inputsOf, typingHint, type Input } from '../sources/inputs.ts';
import { linesOf, textOfLine } from '../sources/lines.ts';
import { positionName } from '../sources/positions.ts';
import { decodeEvent } from '../sources/telemetry-event.ts';
import { decodeLine } from '../sources/telemetry-line.ts';
import { bytesUntil } from '../sources/until.ts';
import { MAX_MESSAGE_BYTES } from '../forward/subscription-event.ts';

/** Options of `decode`. */
export interface DecodeOptions {
  readonly event?: boolean;
  readonly pretty?: boolean;
}

interface Found {
  readonly position: string;
  readonly decoded: Decoded;
}

interface Printer {
  print(request: OtlpRequest): string;
  /** What is left to print at the end. */
  end(): string;
}

const jsonPrinter: Printer = { print: (request) => `${visibleJson(requestToJson(request))}\n`, end: () => '' };

async function* foundInLines(input: Input, signal: AbortSignal): AsyncGenerator<Found, void> {
  for await (const lines of linesOf(bytesUntil(input, signal), MAX_MESSAGE_BYTES)) {
    for (const line of lines) {
      const decoded = decodeLine(textOfLine(line));
      if (decoded !== undefined) yield { position: positionName(input.name, line.number), decoded };
    }
  }
}

async function* foundInEvents(input: Input, signal: AbortSignal): AsyncGenerator<Found, void> {
  for await (const document of eventsOf(linesOf(bytesUntil(input, signal), MAX_DOCUMENT_BYTES))) {
    const name = positionName(input.name, document.line);
    const all = decodeEvent(document);
    for (const [index, decoded] of all.entries()) {
      yield { position: all.length === 1 ? name : `${name}, log event ${index + 1}`, decoded };
    }
  }
}

/** `serverless-otlp decode`: telemetry in stdout lines or Lambda events as OTLP/JSON or a tree. Returns the exit code. */
export const decode = async (files: readonly string[], options: DecodeOptions): Promise<number> => {
  const inputs = inputsOf(files);
  using interruption = onInterruption();
  const [stdout, stderr] = [outputTo(process.stdout), outputTo(process.stderr)];
  await stderr.write(typingHint(inputs));
  const printer = options.pretty === true ? prettyPrinter(terminalOf(process.stdout)) : jsonPrinter;
  let faults = 0;
  let requests = 0;
  for (const input of inputs) {
    for await (const { position, decoded } of (options.event === true ? foundInEvents : foundInLines)(
      input,
      interruption.signal,
    )) {
      if ('request' in decoded) {
        requests += 1;
        await stdout.write(printer.print(decoded.request));
      }
      if ('fault' in decoded) {
        faults += 1;
        await stderr.write(`${position}: cannot be decoded (${decoded.fault.reason}): ${decoded.fault.message}\n`);
      }
      if (stdout.closed.aborted) return faults > 0 ? 1 : 0;
    }
  }
  await stdout.write(printer.end());
  if (requests + faults === 0)
    await stderr.write(
      'No telemetry found: it is looked for in single lines, or in whole Lambda events with --event.\n',
    );
  return faults > 0 ? 1 : 0;
};
