import type { Message } from './message.ts';

/** A command that is to be published only after a delay, through the delay topic of its commands topic. */
export interface Delayed<M extends Message = Message> {
  readonly command: M;
  readonly delayMs: number;
}

/** `after(15 * 60_000, ExpireOrder({ orderId }))`: the command arrives on its topic that many milliseconds later. */
export function after<M extends Message>(delayMs: number, command: M): Delayed<M> {
  return { command, delayMs };
}
