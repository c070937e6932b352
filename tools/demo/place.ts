import { post } from './gateway.ts';
import type { PlannedOrder } from './orders.ts';
import type { Patience } from './patience.ts';
import { untilSettled } from './settle.ts';

/** What became of one order. */
export interface Placed {
  readonly order: PlannedOrder;
  readonly orderId: string;
  readonly status: string;
  /** From the first attempt to the answer that it is settled. */
  readonly ms: number;
  /** What a repeat with the same key got wrong, if anything. */
  readonly complaint: string | undefined;
}

export interface Refused {
  readonly order: PlannedOrder;
  readonly reason: string;
}

/** Places an order and waits until it is settled, cancelling and repeating it as planned. */
export async function place(
  gateway: string,
  order: PlannedOrder,
  patience: Patience,
): Promise<Placed | Refused> {
  try {
    return await attempt(gateway, order, patience);
  } catch (error) {
    return { order, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function attempt(gateway: string, order: PlannedOrder, patience: Patience): Promise<Placed | Refused> {
  const began = performance.now();
  const url = `${gateway}/v1/orders`;
  const prefer = order.cancelled ? {} : { Prefer: 'wait=30' };
  const placing = post(url, order.body, order.key, patience, prefer);
  const repeating = order.repeated ? post(url, order.body, order.key, patience) : undefined;
  const [{ status, body }, repeat] = await Promise.all([placing, repeating]);
  const orderId = body['orderId'];
  if (status >= 300 || typeof orderId !== 'string') {
    return { order, reason: `${status} ${String(body['detail'] ?? JSON.stringify(body))}` };
  }
  if (order.cancelled) {
    await post(`${url}/${orderId}/cancel`, { reason: 'changed my mind' }, `${order.key}-cancel`, patience);
  }
  const settled = status === 201 ? body : await untilSettled(url, orderId, patience);
  const complaint =
    repeat && repeat.body['orderId'] !== orderId
      ? `${order.name}: a repeat with the same key was answered ${repeat.status} ${JSON.stringify(repeat.body)}`
      : undefined;
  return { order, orderId, status: String(settled['status']), ms: performance.now() - began, complaint };
}

/** Does this for all of them, so many at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
