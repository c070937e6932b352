import * as acknowledged from '../../faults/checks/acknowledged.ts';
import * as answered from '../../faults/checks/answered.ts';
import * as conservation from '../../faults/checks/conservation.ts';
import type { Evidence } from '../../faults/checks/evidence.ts';
import * as mails from '../../faults/checks/mails.ts';
import * as once from '../../faults/checks/once.ts';
import * as versions from '../../faults/checks/versions.ts';

/** What did not hold, one sentence for each: every acknowledged order settled, one row, one e-mail with one Message-ID. */
export const check = (evidence: Evidence): string[] =>
  [acknowledged, answered, once, mails, versions, conservation].flatMap((each) => each.check(evidence));

/** How the checks speak of what is there more often than it should be. */
export const saysTwice = (violation: string) =>
  /\btwice\b|\btwo rows\b|\b([2-9]|\d\d+) (times|Message-IDs|dead letters|copies)\b/.test(violation);

/** How they speak of what is missing. */
export const saysLost = (violation: string) =>
  /\bno (e-mail|event|row|dead letter|copy)\b|\bnot (placed|settled|handled)\b/.test(violation);
