import { type Evidence, type Mail, outcomes } from '../evidence/evidence.ts';

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

/** E-mails of one partition that may be under way twice when it moves: 100 ms of sending, at 5 ms each. */
const OF_A_TAKEOVER = 20;
/** The e-mail that was under way, whether its worker ended or the server that had taken it. */
const OF_A_RESTART = 1;

/**
 * Each settled order has an e-mail, and all its e-mails have the Message-ID of the event that settled it. More than
 * one is no violation, SMTP has no exactly-once, as long as they are no more than takeovers and restarts explain.
 */
export function check(evidence: Evidence): string[] {
  const { events, mails } = evidence;
  const settled = events.filter(({ type }) => outcomes.has(type));
  if (settled.length === 0) return ['mails: no order was settled, so there is nothing to check'];
  const orders = new Set(settled.map(({ subject }) => subject));
  const { byOrder, violations } = assigned(mails, orders);
  for (const { id, subject } of settled) {
    const ofOrder = byOrder.get(subject) ?? [];
    if (ofOrder.length === 0) violations.push(`${subject}: no e-mail`);
    const ids = new Set(ofOrder.map(({ messageId }) => messageId));
    if (ids.size > 1)
      violations.push(`${subject}: e-mails with ${ids.size} Message-IDs: ${[...ids].join(', ')}`);
    for (const messageId of ids)
      if (!messageId.startsWith(`<${id}@`))
        violations.push(`${subject}: the Message-ID ${messageId} is not of its outcome ${id}`);
  }
  return [...violations, ...tooManyDuplicates(evidence)];
}

function tooManyDuplicates(evidence: Evidence): string[] {
  const [count, most] = [duplicates(evidence), explainable(evidence)];
  return count <= most
    ? []
    : [`${count} e-mails came twice, and takeovers and restarts of their workers explain ${most}`];
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

/** E-mails beyond the first of each event. */
export const duplicates = ({ mails }: Evidence) =>
  mails.length - new Set(mails.map(({ messageId }) => messageId)).size;

function assigned(mails: readonly Mail[], orders: ReadonlySet<string>) {
  const byOrder = new Map<string, Mail[]>();
  const violations: string[] = [];
  for (const mail of mails) {
    const named = new Set([...mail.text.matchAll(uuid)].map(([id]) => id).filter((id) => orders.has(id)));
    if (named.size !== 1)
      violations.push(`e-mail ${mail.messageId}: it is of ${named.size} settled orders, and not of one`);
    for (const order of named) {
      const others = byOrder.get(order);
      if (others) others.push(mail);
      else byOrder.set(order, [mail]);
    }
  }
  return { byOrder, violations };
}
