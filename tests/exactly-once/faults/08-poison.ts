import { type PoisonKind, poisons } from '../../harness/load/poison.ts';
import { lasting, until } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';

const SHARE = 0.01;

/** One record in a hundred can never be handled. */
export class PoisonedLoad implements Fault {
  readonly number = 8;
  readonly name = 'poison: 1 % of the load';
  readonly times = 100;
  readonly kinds = new Kinds<PoisonKind>(poisons.map((kind) => [kind, kind]));
  private acknowledged: number | undefined;

  async once({ ledger, poison, random, history }: Bench): Promise<number> {
    await until('valid records are there to be misplaced', () => poison.hasExamples);
    const before = this.acknowledged ?? ledger.acknowledged.size;
    await lasting(1_000);
    this.acknowledged = ledger.acknowledged.size;
    const count = Math.max(3, Math.ceil((this.acknowledged - before) * SHARE));
    const kinds = Array.from({ length: count }, () => this.kinds.next(random)[1]);
    await poison.send(kinds, random);
    history.write('poison', { kinds });
    return count;
  }
}
