import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './gateway.ts';

/** The order when it is settled, or as it is when the time is up. */
export async function untilSettled(
  orders: string,
  orderId: string,
  until: number,
): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { status, body } = await ask(`${orders}/${orderId}`, { until });
    if (status !== 200) throw new Error(`GET of the accepted order ${orderId} was answered ${status}`);
    if (body['status'] !== 'pending' || Date.now() > until) return body;
    await sleep(25);
  }
}
