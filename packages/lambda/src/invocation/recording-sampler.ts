import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { invocationIn } from './invocation.ts';

/**
 * Asks another sampler, and has spans recorded all the same where the end of the invocation decides. They are not marked as sampled:
 * what this function calls is told what the sampler said.
 */
export const recordingSampler = (sampler: Sampler): Sampler => ({
  shouldSample: (context, ...rest) => {
    const result = sampler.shouldSample(context, ...rest);
    if (result.decision !== SamplingDecision.NOT_RECORD || invocationIn(context)?.undecided !== true) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  },
  toString: () => `Recording{${sampler.toString()}}`,
});
