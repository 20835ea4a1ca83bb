import type { SamplerSetting } from '../config/registration.ts';
import { constructorOf, type UserPackage } from '../config/user-packages.ts';

/**
 * The sampler that `OTEL_TRACES_SAMPLER` names, made of the SDK's own; `undefined` leaves it to the SDK, which takes
 * `parentbased_always_on`.
 */
export const samplerOf = (
  sdk: UserPackage,
  setting: SamplerSetting | undefined,
  warn: (message: string) => void,
): unknown => {
  if (setting === undefined) return undefined;
  const { name, ratio = 1 } = setting;
  const parentBased = name.startsWith('parentbased_');
  const root = rootOf(sdk, name.slice(parentBased ? 'parentbased_'.length : 0), Math.min(1, ratio));
  if (root === undefined) {
    warn(`OTEL_TRACES_SAMPLER: "${name}" is unknown; parentbased_always_on is used`);
    return undefined;
  }
  const ParentBased = constructorOf(sdk, 'ParentBasedSampler');
  return parentBased && ParentBased !== undefined ? new ParentBased({ root }) : root;
};

const rootOf = (sdk: UserPackage, name: string, ratio: number): unknown => {
  switch (name) {
    case 'always_on':
      return made(sdk, 'AlwaysOnSampler');
    case 'always_off':
      return made(sdk, 'AlwaysOffSampler');
    case 'traceidratio':
      return made(sdk, 'TraceIdRatioBasedSampler', ratio);
    default:
      return undefined;
  }
};

const made = (sdk: UserPackage, name: string, ...args: readonly unknown[]): unknown => {
  const Sampler = constructorOf(sdk, name);
  return Sampler === undefined ? undefined : new Sampler(...args);
};
