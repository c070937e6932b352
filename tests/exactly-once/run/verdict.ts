import * as deadLetters from '../../harness/checks/dead-letters.ts';
import * as delays from '../../harness/checks/delays.ts';
import * as lag from '../../harness/checks/lag.ts';
import * as orderByKey from '../../harness/checks/order-by-key.ts';
import * as orders from '../../harness/checks/orders.ts';
import * as readers from '../../harness/checks/readers.ts';
import type { Violation } from '../../harness/checks/violation.ts';
import type { Evidence } from '../../harness/evidence/evidence.ts';

/** All checks on all evidence. `oddities`: markers in the log that contradict each other. */
export const judge = (
  evidence: Evidence,
  givenUp: deadLetters.GivenUp,
  oddities: readonly string[],
): Violation[] => [
  ...[orders, delays, lag, orderByKey, readers].flatMap(({ check }) => check(evidence)),
  ...deadLetters.check(givenUp),
  ...oddities.map((oddity) => ({ kind: 'log-odd', oddity }) as const),
];
