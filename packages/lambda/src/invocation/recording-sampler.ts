import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace';
import { messageOf, warnOnce } from '../config/warn-once.ts';
import { invocationIn } from './invocation.ts';

/**
 * Asks another sampler, and has spans recorded all the same where the end of the invocation decides. They are not marked as sampled:
 * what this function calls is told what the sampler said. A sampler that throws has said no.
 */
export const recordingSampler = (sampler: Sampler): Sampler => ({
  shouldSample: (context, traceId, name, kind, attributes, links) => {
    let result: SamplingResult;
    // For every span there is: without a function made for each.
    try {
      result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
    } catch (error) {
      warnOnce(`the sampler failed: ${messageOf(error)}`);
      result = { decision: SamplingDecision.NOT_RECORD };
    }
    if (result.decision !== SamplingDecision.NOT_RECORD || invocationIn(context)?.undecided !== true) return result;
    return { ...result, decision: SamplingDecision.RECORD };
  },
  toString: () => `Recording{${sampler.toString()}}`,
});
