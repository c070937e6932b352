import * as acknowledged from '../../harness/checks/acknowledged.ts';
import * as answered from '../../harness/checks/answered.ts';
import * as conservation from '../../harness/checks/conservation.ts';
import * as deadLetters from '../../harness/checks/dead-letters.ts';
import * as delays from '../../harness/checks/delays.ts';
import type { Evidence } from '../../harness/evidence/evidence.ts';
import * as lag from '../../harness/checks/lag.ts';
import * as mails from '../../harness/checks/mails.ts';
import * as once from '../../harness/checks/once.ts';
import * as orderByKey from '../../harness/checks/order-by-key.ts';
import * as readers from '../../harness/checks/readers.ts';
import * as versions from '../../harness/checks/versions.ts';

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
  const ofOrders = [
    ...acknowledged.check(evidence),
    ...answered.check(evidence),
    ...once.check(evidence),
    ...delays.check(evidence),
    ...mails.check(evidence),
    ...lag.check(evidence),
    ...deadLetters.check(givenUp),
  ];
  return {
    lost: ofOrders.filter((violation) => !saysTwice(violation)),
    duplicated: ofOrders.filter(saysTwice),
    wrong: [
      ...versions.check(evidence),
      ...orderByKey.check(evidence),
      ...conservation.check(evidence),
      ...readers.check(evidence),
      ...oddities,
    ],
  };
}

/** How the checks speak of what is there more often than it should be. */
const saysTwice = (violation: string) =>
  /\b(twice|two rows|has the Idempotency-Key)\b|\b([2-9]|\d\d+) (times|expiries|dead letters|Message-IDs)\b/.test(
    violation,
  );
