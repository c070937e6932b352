import type { Evidence } from '../evidence/evidence.ts';
import * as acknowledged from './acknowledged.ts';
import * as answered from './answered.ts';
import * as conservation from './conservation.ts';
import * as mails from './mails.ts';
import * as once from './once.ts';
import * as sums from './sums.ts';
import * as versions from './versions.ts';
import type { Violation } from './violation.ts';

/** What goes for orders whatever happens: each that was acknowledged is settled, has one row, and one e-mail with one Message-ID. */
export const check = (evidence: Evidence): Violation[] =>
  [acknowledged, answered, once, sums, mails, versions, conservation].flatMap((each) => each.check(evidence));
