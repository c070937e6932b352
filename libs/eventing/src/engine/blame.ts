import { LogError } from '../log/errors.ts';
import type { TransactionPart } from './transactions.ts';

/** What an error may say of the place that it is about. */
type Place = Partial<{ readonly group: string; readonly topic: string; readonly partition: number }>;

/** The parts of a transaction that an error is about: all of them where it does not say. */
export function blamed<Part extends TransactionPart>(parts: readonly Part[], error: Error): readonly Part[] {
  const { group, topic, partition }: Place = error instanceof LogError ? error.fields : {};
  const isMeant = (at: { readonly topic: string; readonly partition: number }) =>
    at.topic === topic && (partition === undefined || at.partition === partition);
  const found = parts.filter(({ position, records }) =>
    group === undefined ? records.some(isMeant) : position.group === group,
  );
  return found.length > 0 ? found : parts;
}

/** Of those that a group refuses because it has moved on there is none that it would take. */
const MOVED_ON = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
  'REBALANCE_IN_PROGRESS',
]);

/** Whether some of the blamed parts may be well by themselves: what passes is up to each to try again. */
export const mayBeOne = (error: Error) =>
  error instanceof LogError && !error.retryable && !MOVED_ON.has(error.code);
