import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { guarded } from './describe.ts';
import { invocationIn } from './invocation.ts';

/**
 * Asks another sampler, and has spans recorded all the same where the end of the invocation decides. They are not marked as sampled:
 * what this function calls is told what the sampler said. A sampler that throws has said no.
 */
export const recordingSampler = (sampler: Sampler): Sampler => ({
  shouldSample: (context, ...rest) => {
    const result = guarded('the sampler', () => sampler.shouldSample(context, ...rest)) ?? {
      decision: SamplingDecision.NOT_RECORD,
    };
    if (result.decision !== SamplingDecision.NOT_RECORD || invocationIn(context)?.undecided !== true) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  },
  toString: () => `Recording{${sampler.toString()}}`,
});
