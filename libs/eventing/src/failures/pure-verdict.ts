import type { ConsumedRecord } from '../log/record.ts';
import type { Surroundings } from '../time/clock.ts';
import type { Attempted } from './attempts.ts';
import { believedCopy } from './believed-copies.ts';
import { pure } from './failure-plan.ts';
import { momentOf, type Verdict, verdict, type VerdictParts } from './verdict.ts';

/** Who decides: a group that is pure. */
export interface PureGroup extends Omit<VerdictParts, 'at' | 'plan'>, Surroundings {
  readonly group: string;
}

/**
 * Attempts a record for a group that is pure and has no topics beside its source, and decides what becomes of it: what fails once
 * fails always, nothing waits for it, and what is given back comes among the others.
 */
export function pureVerdict(
  record: ConsumedRecord,
  attempt: (original: ConsumedRecord) => Attempted,
  who: PureGroup,
): Verdict {
  const { group } = who;
  const at = { group, topic: record.topic, partition: record.partition };
  const delivery = believedCopy(record, at);
  const attempted = attempt(delivery.original);
  return verdict(delivery, attempted, momentOf(who), { ...who, at, plan: pure(group, 'none') });
}
