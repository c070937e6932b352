import { until } from '../../harness/waiting.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { errorOf, holdCycle, range } from './held-cycle.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

interface Kill {
  readonly service: string;
  /** The request that has not arrived when the process dies. */
  readonly at: 'positions' | 'end';
  /** Groups whose positions the transaction has at least, that of the held request included. */
  readonly least: number;
  /** It arrives when the process is dead, or when its successor works. */
  readonly arrives: 'dead' | 'succeeded';
}

/** Orders has four groups that are exactly-once in Kafka, inventory two. */
const kills: readonly [string, Kill][] = [
  [
    'orders between the positions of two groups',
    { service: 'orders', at: 'positions', least: 3, arrives: 'succeeded' },
  ],
  ['orders before EndTxn', { service: 'orders', at: 'end', least: 3, arrives: 'succeeded' }],
  ['orders with EndTxn on its way', { service: 'orders', at: 'end', least: 3, arrives: 'dead' }],
  ['inventory before EndTxn', { service: 'inventory', at: 'end', least: 2, arrives: 'succeeded' }],
  ['inventory with EndTxn on its way', { service: 'inventory', at: 'end', least: 2, arrives: 'dead' }],
];

/** All of them are committed with one EndTxn, or none: those that were sent already, those that were not, and those of others. */
export class ManyGroupsKilled implements Fault {
  readonly number = 18;
  readonly name = 'a process killed with many groups in one transaction';
  readonly times = 10;
  readonly kinds = new Kinds(kills);
  readonly hanging = 'none';
  private readonly killed: number[] = [];

  /** Counts a kill after which the broker took the request that it was to take, and refused the one that it was not. */
  async once(bench: Bench): Promise<number> {
    const [kind, kill] = this.kinds.next(bench.random);
    const service = bench.cluster.service(`${kill.service}-${bench.random.between(1, 2)}`);
    const cycle = await holdCycle(bench, service.name, kill);
    const { deaths } = service;
    await service.hold('SIGKILL');
    bench.history.write('killed', { instance: service.name, kind, groups: cycle.groups });
    const first = kill.arrives === 'dead' ? await errorOf(cycle) : undefined;
    service.release();
    await until(`${service.name} dies`, () => service.deaths > deaths);
    await untilReady(bench, service);
    const late = kill.arrives === 'succeeded' ? await errorOf(cycle) : undefined;
    bench.history.write('arrived', { first, late });
    if (late === 0) throw new Error(`A request of ${service.name} was taken although its successor works`);
    if (first !== undefined && first !== 0) return 0;
    this.killed.push(cycle.groups.length);
    return 1;
  }

  findings(): Findings {
    const figures = [`positions of ${range(this.killed)} groups in the transactions of the killed`];
    return { figures: this.killed.length > 0 ? figures : [], violations: [] };
  }
}
