import { randomUUID } from 'node:crypto';
import { StackError } from '../stack-error.ts';
import { askUntil } from '../wait-until.ts';
import { probeProduct } from './catalogue.ts';

interface Addresses {
  gateway: string;
  mailUrl: string;
}

/** Sends one order through everything, e-mail included. Returns how long the order took, in milliseconds. */
export async function probe({ gateway, mailUrl }: Addresses, signal: AbortSignal): Promise<number> {
  const id = randomUUID();
  const email = `probe-${id}@atelier.test`;
  const began = performance.now();
  await checkOrder(await placeOrder(gateway, id, email, signal));
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
      signal: AbortSignal.any([signal, AbortSignal.timeout(40_000)]),
    });
  } catch (cause) {
    const message = 'The gateway did not answer the probe order within 40 s: see gateway-1.log.';
    throw new StackError('NOT_READY', message, { cause });
  }
}

async function checkOrder(response: Response): Promise<void> {
  const text = await response.text();
  if (response.status === 201 && statusIn(text) === 'confirmed') return;
  if (response.status === 202) {
    const journey =
      'orders, inventory.commands, inventory, inventory.events, orders, orders.events, projections';
    throw new StackError(
      'NOT_READY',
      `The probe order was taken, but not settled in 30 s; its way is: ${journey}. It is ${text}`,
    );
  }
  throw new StackError(
    'NOT_READY',
    `The probe order was answered with ${response.status}, not with 201 and confirmed: ${text}`,
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
  const mail = await askUntil(findMail, { withinMs: 30_000, everyMs: 100, signal });
  if (!mail) {
    throw new StackError(
      'NOT_READY',
      'The probe order is confirmed, but its e-mail did not arrive in 30 s: see notifications-1.log.',
    );
  }
  await fetch(`${mailUrl}/email/${mail.id}`, { method: 'DELETE', signal });
}
