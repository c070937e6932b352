import type { EndResult } from '@atelier/eventing';

/** Why no marker was written, in a sentence. */
export const whyNot = (result: Exclude<EndResult, { type: 'ended' }>) =>
  result.type === 'gone' ? 'the partition does not have it open any more' : result.reason;
