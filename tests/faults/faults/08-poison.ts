import type { Bench, Fault } from './fault.ts';
import { lasting } from './waiting.ts';

const SHARE = 0.01;

/** One record in a hundred can never be handled. */
export class PoisonedLoad implements Fault {
  readonly number = 8;
  readonly name = 'poison: 1 % of the load';
  readonly times = 100;
  private acknowledged: number | undefined;

  async once({ ledger, poison, random, history }: Bench): Promise<number> {
    const before = this.acknowledged ?? ledger.acknowledged.size;
    await lasting(1_000);
    this.acknowledged = ledger.acknowledged.size;
    const count = Math.max(3, Math.ceil((this.acknowledged - before) * SHARE));
    await poison.send(count, random);
    history.write('poison', { count });
    return count;
  }
}
