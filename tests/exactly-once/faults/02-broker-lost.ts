import { lasting } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { inSync } from './in-sync.ts';
import { Kinds } from './kinds.ts';

type Kind = 'leader' | 'transaction coordinator' | 'group coordinator' | 'rolling restart';
const kinds: readonly Kind[] = ['leader', 'transaction coordinator', 'group coordinator', 'rolling restart'];

/** One broker at a time, and the next only when all replicas are in sync again. */
export class BrokerLost implements Fault {
  readonly number = 2;
  readonly name = 'a broker killed (leader, coordinators); rolling restart';
  readonly times = 6;
  readonly kinds = new Kinds(kinds.map((kind) => [kind, kind]));

  async once(bench: Bench): Promise<number> {
    const [, kind] = this.kinds.next();
    const ids = kind === 'rolling restart' ? [1, 2, 3] : [await victim(bench, kind)];
    for (const id of ids) {
      bench.history.write('broker', { kind, id });
      await bench.broken.during(`kafka-${id} away`, async () => {
        await bench.cluster.stack.kill(`kafka-${id}`, kind === 'rolling restart' ? 'SIGTERM' : 'SIGKILL');
        await lasting(3_000);
        await bench.cluster.startPart(`kafka-${id}`);
      });
      await inSync(bench);
    }
    return ids.length;
  }
}

async function victim({ brokers, random }: Bench, kind: Exclude<Kind, 'rolling restart'>): Promise<number> {
  brokers.forget();
  const partition = random.between(0, 5);
  if (kind === 'leader') return brokers.leader('orders.events', partition);
  if (kind === 'transaction coordinator')
    return brokers.coordinator('transaction', `orders.decider.orders.commands.${partition}`);
  return brokers.coordinator('group', random.chance(0.5) ? 'orders.decider' : 'inventory.decider');
}
