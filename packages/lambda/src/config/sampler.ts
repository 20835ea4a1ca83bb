import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { environment } from './environment.ts';
import { warnOnce } from './warn-once.ts';

const ratio = (): number => {
  const text = environment('OTEL_TRACES_SAMPLER_ARG');
  const value = text === undefined ? 1 : Number(text);
  if (value >= 0 && value <= 1) return value;
  warnOnce('OTEL_TRACES_SAMPLER_ARG must be a ratio from 0 to 1; 1 is used');
  return 1;
};

const rootOf = (name: string): Sampler | undefined => {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio());
    default:
      return undefined;
  }
};

/** The sampler that `OTEL_TRACES_SAMPLER` names; `parentbased_always_on` when it names none, or one that is unknown. */
export const samplerSetting = (): Sampler => {
  const name = environment('OTEL_TRACES_SAMPLER')?.toLowerCase() ?? 'parentbased_always_on';
  const parentBased = name.startsWith('parentbased_');
  const root = rootOf(name.slice(parentBased ? 'parentbased_'.length : 0));
  if (root !== undefined) return parentBased ? new ParentBasedSampler({ root }) : root;
  warnOnce(`OTEL_TRACES_SAMPLER: "${name.slice(0, 40)}" is unknown; parentbased_always_on is used`);
  return new ParentBasedSampler({ root: new AlwaysOnSampler() });
};
