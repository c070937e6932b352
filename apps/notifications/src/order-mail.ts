import type { Money, OrderCancelled, OrderConfirmed, OrderLine, OrderRejected } from '@atelier/contracts';
import { formatMoney } from './money.ts';

export type SettledOrder = OrderConfirmed | OrderRejected | OrderCancelled;

/** What a person reads, twice: as text and as HTML. */
export interface OrderMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What customers are told instead of the reasons that services use. */
const sentences = new Map([
  ['out-of-stock', 'something you ordered is out of stock'],
  ['unknown-product', 'something you ordered is not sold any more'],
  ['expired', 'it could not be settled in time'],
]);

/** The message that tells a customer how their order ended. */
export function renderOrderMail(event: SettledOrder): OrderMail {
  const { orderId, email, lines, total } = event.data;
  const paragraphs = [headlineOf(event), ...wordsOf(event)];
  const rows = lines.map(rowOf);
  return {
    to: email,
    subject: `Order ${orderId.slice(0, 8)} ${outcomeOf(event)}`,
    text: asText(paragraphs, rows, total, orderId),
    html: asHtml(paragraphs, rows, total, orderId),
  };
}

function outcomeOf({ type }: SettledOrder): string {
  switch (type) {
    case 'OrderConfirmed':
      return 'confirmed';
    case 'OrderRejected':
      return 'rejected';
    case 'OrderCancelled':
      return 'cancelled';
  }
}

function headlineOf(event: SettledOrder): string {
  const headline = `Your order is ${outcomeOf(event)}`;
  switch (event.type) {
    case 'OrderConfirmed':
      return `${headline}.`;
    case 'OrderRejected':
      return `${headline}: ${sentenceOf(event.data.reason)}.`;
    case 'OrderCancelled':
      return `${headline}${whyCancelled(event.data)}.`;
  }
}

function whyCancelled({ reason, cancelledBy }: OrderCancelled['data']): string {
  switch (cancelledBy) {
    case 'platform':
      return `: ${sentenceOf(reason)}`;
    case 'customer':
      return ', as you asked';
    default:
      return '';
  }
}

/**
 * What a customer wrote is never looked up, and stands alone behind what it is: it must not pass for what the platform says, and
 * no quotation mark in it ends it.
 */
function wordsOf(event: SettledOrder): readonly string[] {
  if (event.type !== 'OrderCancelled' || event.data.cancelledBy === 'platform') return [];
  // An event of version 1 does not say whose words these are.
  const label = event.data.cancelledBy === 'customer' ? 'You wrote' : 'Reason';
  return [`${label}: ${onOneLine(event.data.reason)}`];
}

const sentenceOf = (reason: string) => sentences.get(reason) ?? reason;

/** So that no customer writes lines of the message. */
const onOneLine = (words: string) => words.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

type Row = readonly [sku: string, quantity: string, unitPrice: string, lineTotal: string];

const heading: Row = ['Product', 'Quantity', 'Unit price', 'Total'];

function rowOf({ sku, quantity, unitPrice }: OrderLine): Row {
  const lineTotal = { ...unitPrice, amount: unitPrice.amount * BigInt(quantity) };
  return [sku, String(quantity), formatMoney(unitPrice), formatMoney(lineTotal)];
}

function asText(paragraphs: readonly string[], rows: readonly Row[], total: Money, orderId: string): string {
  const table = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
  return [...paragraphs, '', ...lines, '', `Total: ${formatMoney(total)}`, '', `Order ${orderId}`, ''].join(
    '\n',
  );
}

function asHtml(paragraphs: readonly string[], rows: readonly Row[], total: Money, orderId: string): string {
  const cells = (tag: string, row: readonly string[]) =>
    `<tr>${row.map((cell, column) => `<${tag} align="${column ? 'right' : 'left'}">${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<!doctype html>
<html lang="en">
<body style="font-family: sans-serif">
${paragraphs.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
<table cellpadding="4">
${[cells('th', heading), ...rows.map((row) => cells('td', row))].join('\n')}
<tr><th align="left" colspan="3">Total</th><th align="right">${escapeHtml(formatMoney(total))}</th></tr>
</table>
<p>Order ${escapeHtml(orderId)}</p>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
