import * as acknowledged from './acknowledged.ts';
import * as answered from './answered.ts';
import * as conservation from './conservation.ts';
import type { Evidence } from '../evidence/evidence.ts';
import * as mails from './mails.ts';
import * as once from './once.ts';
import * as versions from './versions.ts';

/** What did not hold, one sentence for each: every acknowledged order settled, one row, one e-mail with one Message-ID. */
export const check = (evidence: Evidence): string[] =>
  [acknowledged, answered, once, mails, versions, conservation].flatMap((each) => each.check(evidence));

/** How the checks speak of what is there more often than it should be. */
export const saysTwice = (violation: string) =>
  /\btwice\b|\btwo rows\b|\b([2-9]|\d\d+) (times|Message-IDs|dead letters|copies)\b/.test(violation);

/** How they speak of what is missing. */
export const saysLost = (violation: string) =>
  /\bno (e-mail|event|row|dead letter|copy)\b|\bnot (placed|settled|handled)\b/.test(violation);
