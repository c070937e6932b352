import * as acknowledged from '../checks/acknowledged.ts';
import * as conservation from '../checks/conservation.ts';
import * as deadLetters from '../checks/dead-letters.ts';
import type { Evidence } from '../checks/evidence.ts';
import * as lag from '../checks/lag.ts';
import * as mails from '../checks/mails.ts';
import * as once from '../checks/once.ts';
import * as orderByKey from '../checks/order-by-key.ts';
import * as readers from '../checks/readers.ts';
import * as versions from '../checks/versions.ts';

/** Violations by what they mean for whoever placed an order. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  /** Order, visibility, versions, stock. */
  readonly wrong: readonly string[];
}

export const violationsOf = ({ lost, duplicated, wrong }: Verdict) => [...lost, ...duplicated, ...wrong];

/** All checks on all evidence. `oddities`: markers in the log that contradict each other. */
export function judge(
  evidence: Evidence,
  givenUp: deadLetters.GivenUp,
  oddities: readonly string[],
): Verdict {
  return {
    lost: [
      ...acknowledged.check(evidence),
      ...mails.check(evidence),
      ...lag.check(evidence),
      ...deadLetters.check(givenUp),
    ],
    duplicated: once.check(evidence),
    wrong: [
      ...versions.check(evidence),
      ...orderByKey.check(evidence),
      ...conservation.check(evidence),
      ...readers.check(evidence),
      ...oddities,
    ],
  };
}
