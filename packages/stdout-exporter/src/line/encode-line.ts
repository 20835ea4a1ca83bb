import { compactDeflate } from '@serverless-otlp/otlp/compact';
import { type OtlpRequest, requestToJson, type Signal, SIGNAL_PATHS } from '@serverless-otlp/otlp';
import type { Settings } from '../config/settings.ts';
import { compatibleLine, headOf, tailOf } from './compatible-line.ts';

/** The signal, unless it is traces: as short as the path can be said. */
const compactEndpoint = (signal: Signal): string =>
  signal === 'traces' ? '' : `"endpoint":"${SIGNAL_PATHS[signal]}",`;

/** Only what differs from the defaults. */
const compact = (request: OtlpRequest, settings: Settings): string => {
  const packed = compactDeflate(request.bytes, settings.gzipLevel).toString('base64');
  return `${headOf(settings)}${compactEndpoint(request.signal)}"payload":"${packed}"${tailOf(settings)}}`;
};

/** One line without its line feed. It ends in `}`, before which the writer may add a field. */
export const encodeLine = (request: OtlpRequest, settings: Settings): string => {
  switch (settings.format) {
    case 'compatible':
      return compatibleLine(request.signal, request.bytes, settings);
    case 'compact':
      return compact(request, settings);
    case 'otlp_json':
      return requestToJson(request);
  }
};
