import { duplicateMails } from '../../../tools/demo/conservation.ts';
import { uuidsIn } from '../../../tools/uuids.ts';
import { type Evidence, type Mail, outcomes } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** E-mails of one partition that are sent at once. */
const AT_ONCE = 8;
/** Those that may be sent again when it moves: of 100 ms until they are committed, and of as long for the commit, at 5 ms each. */
const OF_A_TAKEOVER = 40 * AT_ONCE;
/** Those that were under way, whether their worker ended or the server that had taken them. */
const OF_A_RESTART = AT_ONCE;

/**
 * Each settled order has an e-mail, and all its e-mails have the Message-ID of the event that settled it. More than
 * one is no violation, SMTP has no exactly-once, as long as they are no more than takeovers and restarts explain.
 */
export function check(evidence: Evidence): Violation[] {
  const { events, mails } = evidence;
  const settled = events.filter(({ type }) => outcomes.has(type));
  if (settled.length === 0) return [nothingToCheck('mails', 'no order was settled')];
  const orders = new Set(settled.map(({ subject }) => subject));
  const { byOrder, violations } = assigned(mails, orders);
  for (const { id: outcome, subject: order } of settled) {
    const ofOrder = byOrder.get(order) ?? [];
    if (ofOrder.length === 0) violations.push({ kind: 'mail-missing', order });
    const messageIds = [...new Set(ofOrder.map(({ messageId }) => messageId))];
    if (messageIds.length > 1) violations.push({ kind: 'mails-under-many-ids', order, messageIds });
    for (const messageId of messageIds)
      if (!messageId.startsWith(`<${outcome}@`))
        violations.push({ kind: 'mail-of-another-event', order, messageId, outcome });
  }
  return [...violations, ...tooManyDuplicates(evidence)];
}

function tooManyDuplicates(evidence: Evidence): Violation[] {
  const [count, explained] = [duplicateMails(evidence), explainable(evidence)];
  return count <= explained ? [] : [{ kind: 'mails-again', count, explained }];
}

/** Of each partition, whenever it was given from one worker to another, or once more to the same, or its server ended. */
function explainable({ assignments, mailRestarts }: Evidence): number {
  const owners = new Map<string, string>();
  let most = 0;
  for (const { instance, partitions } of assignments)
    for (const partition of partitions) {
      const owner = owners.get(partition);
      if (owner !== undefined) most += owner === instance ? OF_A_RESTART : OF_A_TAKEOVER;
      owners.set(partition, instance);
    }
  return most + owners.size * mailRestarts * OF_A_RESTART;
}

function assigned(mails: readonly Mail[], orders: ReadonlySet<string>) {
  const byOrder = new Map<string, Mail[]>();
  const violations: Violation[] = [];
  for (const mail of mails) {
    const named = new Set(uuidsIn(mail.text).filter((id) => orders.has(id)));
    if (named.size !== 1)
      violations.push({ kind: 'mail-of-many-orders', messageId: mail.messageId, orders: named.size });
    for (const order of named) {
      const others = byOrder.get(order);
      if (others) others.push(mail);
      else byOrder.set(order, [mail]);
    }
  }
  return { byOrder, violations };
}
