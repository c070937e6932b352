import { duplicated, lost, other, type Wording } from '../../../../tools/violation.ts';

/** What can be wrong with orders, their commands, their e-mails and their stock. */
export interface OrderKinds {
  'order-not-placed': { order: string };
  'order-placed-again': { order: string; times: number };
  'order-settled-only': { order: string };
  'orders-told-to-nobody': { count: number; first: string | undefined; unanswered: number };
  'key-of-two-orders': { order: string; key: string; another: string };
  'line-reserved-again': { line: string };
  'command-unanswered': { command: string };
  'command-published-again': { command: string };
  'deed-published-again': { deed: string };
  'command-handled-again': { command: string; answers: readonly string[] };
  'decision-apart': { command: string; positions: readonly string[] };
  'event-again': { event: string };
  'event-of-no-command': { event: string };
  'expiry-missing': { order: string };
  'expiry-again': { order: string; times: number };
  'delayed-lost': { command: string };
  'delayed-again': { command: string; times: number };
  'delayed-undated': { command: string };
  'delayed-early': { command: string; ms: number };
  'mail-of-many-orders': { messageId: string; orders: number };
  'mails-under-many-ids': { order: string; messageIds: readonly string[] };
  'mails-again': { count: number; explained: number };
  'dead-letter-missing': { poison: string };
  'dead-letter-unfounded': { record: string };
  'dead-letter-again': { record: string; times: number };
  'product-without-row': { sku: string };
  'stock-oversold': { sku: string; version: number; reserved: number; onHand: number };
  'stock-given-back-again': { sku: string; version: number; order: string };
}

export const orderWording: Wording<OrderKinds> = {
  'order-not-placed': lost(({ order }) => `${order}: acknowledged, but not placed`),
  'order-placed-again': duplicated(({ order, times }) => `${order}: placed ${times} times`),
  'order-settled-only': lost(({ order }) => `${order}: settled, but never placed`),
  'orders-told-to-nobody': other(
    ({ count, first, unanswered }) =>
      `${count} orders were placed that no client was told of, the first is ${first}; ${unanswered} requests have no answer yet`,
  ),
  'key-of-two-orders': duplicated(
    ({ order, key, another }) => `${order}: has the Idempotency-Key ${key} of ${another}`,
  ),
  'line-reserved-again': duplicated(({ line }) => `${line}: reserved twice`),
  'command-unanswered': lost(({ command }) => `${command}: no event answers it`),
  'command-published-again': duplicated(({ command }) => `${command}: published twice`),
  'deed-published-again': duplicated(({ deed }) => `${deed}: published twice, under two ids`),
  'command-handled-again': duplicated(
    ({ command, answers }) => `command ${command}: handled twice: ${answers.join(', ')}`,
  ),
  'decision-apart': other(
    ({ command, positions }) => `command ${command}: one decision lies apart: ${positions.join(', ')}`,
  ),
  'event-again': duplicated(({ event }) => `event ${event}: in the log twice`),
  'event-of-no-command': other(({ event }) => `${event}: answers no command`),
  'expiry-missing': lost(({ order }) => `${order}: no expiry was written for it`),
  'expiry-again': duplicated(({ order, times }) => `${order}: ${times} expiries were written for it`),
  'delayed-lost': lost(({ command }) => `${command}: never passed on`),
  'delayed-again': duplicated(({ command, times }) => `${command}: passed on ${times} times`),
  'delayed-undated': other(({ command }) => `${command}: does not say when it is due`),
  'delayed-early': other(({ command, ms }) => `${command}: passed on ${ms} ms early`),
  'mail-of-many-orders': other(
    ({ messageId, orders }) => `e-mail ${messageId}: it is of ${orders} settled orders, and not of one`,
  ),
  'mails-under-many-ids': duplicated(
    ({ order, messageIds }) =>
      `${order}: e-mails with ${messageIds.length} Message-IDs: ${messageIds.join(', ')}`,
  ),
  'mails-again': duplicated(
    ({ count, explained }) =>
      `${count} e-mails came twice, and takeovers and restarts of their workers explain ${explained}`,
  ),
  'dead-letter-missing': lost(({ poison }) => `${poison}: poison, but no dead letter`),
  'dead-letter-unfounded': lost(({ record }) => `${record}: a dead letter, but no poison`),
  'dead-letter-again': duplicated(({ record, times }) => `${record}: ${times} dead letters`),
  'product-without-row': other(({ sku }) => `${sku}: added, but it has no row`),
  'stock-oversold': other(
    ({ sku, version, reserved, onHand }) =>
      `${sku} at version ${version}: ${reserved} reserved of ${onHand} on hand`,
  ),
  'stock-given-back-again': other(
    ({ sku, version, order }) => `${sku} at version ${version}: ${order} gave back or got more than it held`,
  ),
};
