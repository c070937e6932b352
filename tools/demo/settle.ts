import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './gateway.ts';
import type { Patience } from './patience.ts';

/** The order when it is settled, or as it is when patience is over. */
export async function untilSettled(
  orders: string,
  orderId: string,
  patience: Patience,
): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { status, body } = await ask(`${orders}/${orderId}`, { patience });
    if (status !== 200) throw new Error(`GET of the accepted order ${orderId} was answered ${status}`);
    if (body['status'] !== 'pending' || patience.isOver) return body;
    await sleep(25);
  }
}
