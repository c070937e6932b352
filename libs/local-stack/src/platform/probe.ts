import { randomUUID } from 'node:crypto';
import { StackError } from '../stack-error.ts';
import { STANDSTILL_MS } from '../standstill.ts';
import { askUntil } from '../wait-until.ts';
import { probeProduct } from './catalogue.ts';

interface Addresses {
  gateway: string;
  mailUrl: string;
}

const PATIENCE = `${STANDSTILL_MS / 1_000} s`;

/** Sends one order through everything, e-mail included. Returns how long the order took, in milliseconds. */
export async function probe({ gateway, mailUrl }: Addresses, signal: AbortSignal): Promise<number> {
  const id = randomUUID();
  const email = `probe-${id}@atelier.test`;
  const began = performance.now();
  await confirmOrder(() => placeOrder(gateway, id, email, signal), signal);
  const took = performance.now() - began;
  await takeMail(mailUrl, email, signal);
  return took;
}

async function placeOrder(
  gateway: string,
  id: string,
  email: string,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(`${gateway}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `probe-${id}`, prefer: 'wait=30' },
      body: JSON.stringify({ customerId: 'probe', email, lines: [{ sku: probeProduct.sku, quantity: 1 }] }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(STANDSTILL_MS)]),
    });
  } catch (cause) {
    const message = `The gateway did not answer the probe order within ${PATIENCE}: see gateway-1.log.`;
    throw new StackError('NOT_READY', message, { cause });
  }
}

/** Asks again, under the same key, while the order is only taken. */
async function confirmOrder(place: () => Promise<Response>, signal: AbortSignal): Promise<void> {
  let text = '';
  const settled = async () => {
    const response = await place();
    text = await response.text();
    return response.status === 202 ? undefined : response.status;
  };
  const status = await askUntil(settled, { signal });
  if (status === 201 && statusIn(text) === 'confirmed') return;
  const journey =
    'orders, inventory.commands, inventory, inventory.events, orders, orders.events, projections';
  throw new StackError(
    'NOT_READY',
    status === undefined
      ? `The probe order was taken, but not settled in ${PATIENCE}; its way is: ${journey}. See orders-1.log, inventory-1.log and projections-1.log. It is ${text}`
      : `The probe order was answered with ${status}, not with 201 and confirmed: see gateway-1.log. Its answer is ${text}`,
  );
}

function statusIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { status?: unknown }).status;
  } catch {
    return undefined;
  }
}

/** Waits for the e-mail and takes it out, so that the user's mailbox holds only the user's. */
async function takeMail(mailUrl: string, address: string, signal: AbortSignal): Promise<void> {
  const findMail = async () => {
    const response = await fetch(`${mailUrl}/email?to.address=${encodeURIComponent(address)}`, { signal });
    const mails = (await response.json()) as { id: string; to?: { address: string }[] }[];
    return mails.find(({ to }) => to?.some((recipient) => recipient.address === address));
  };
  const mail = await askUntil(findMail, { everyMs: 100, signal });
  if (!mail) {
    throw new StackError(
      'NOT_READY',
      `The probe order is confirmed, but its e-mail did not arrive in ${PATIENCE}: see notifications-1.log.`,
    );
  }
  await fetch(`${mailUrl}/email/${mail.id}`, { method: 'DELETE', signal });
}
