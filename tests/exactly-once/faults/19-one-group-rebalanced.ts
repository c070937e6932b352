import { groups } from '@atelier/contracts';
import { GroupMember } from '@atelier/eventing/kafka';
import { seconds } from '../../../tools/seconds.ts';
import { endOf, linesFrom } from '../../harness/services/service-log.ts';
import { until } from '../../harness/waiting.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { members } from './group-members.ts';
import { committed, errorOf, type HeldCycle, holdCycle } from './held-cycle.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { joinedAt } from './zombie-log.ts';

/** Groups of the service orders that are exactly-once in Kafka: none has more under load. */
const ALL = 4;
const INSTANCES = 2;
const ILLEGAL_GENERATION = 22;

/** When the position arrives that was sent before the rebalance. */
type Arrival = 'while the member is there' | 'when the member has left';
const arrivals: readonly Arrival[] = ['while the member is there', 'when the member has left'];

/**
 * A stranger joins one group of a process, takes partitions, and leaves, while a transaction has the positions of all of them. The
 * broker refuses the position of that group alone, and the others go on.
 */
export class OneGroupRebalanced implements Fault {
  readonly number = 19;
  readonly name = 'one group rebalanced under a transaction of all groups of its process';
  readonly times = 6;
  readonly kinds = new Kinds(arrivals.map((arrival) => [`positions arrive ${arrival}`, arrival]));
  readonly hanging = 'none';
  private readonly waits: number[] = [];

  /** Counts a position that was refused because its group had moved on. */
  async once(bench: Bench): Promise<number> {
    const [, arrival] = this.kinds.next(bench.random);
    const service = bench.cluster.service(`orders-${bench.random.between(1, INSTANCES)}`);
    const cycle = await holdCycle(bench, service.name, { at: 'positions', least: ALL });
    const from = endOf(service.logFile);
    const [group = ''] = cycle.groups.slice(-1);
    const others = cycle.groups.slice(0, -1);
    bench.history.write('rebalancing', { instance: service.name, group, others, arrival });
    const leave = await join(bench, group);
    try {
      if (arrival === 'when the member has left') await leave();
      const { error, waitedMs } = await goOn(bench, service.name, cycle, others);
      bench.history.write('refused', { error, waitedMs });
      if (error === ILLEGAL_GENERATION) this.waits.push(waitedMs);
      const moved = others.filter((other) => joinedAt(linesFrom(service.logFile, from), other) !== undefined);
      if (moved.length > 0) throw new Error(`${service.name} had to join ${moved.join(', ')} again, too`);
      return error === ILLEGAL_GENERATION ? 1 : 0;
    } finally {
      await leave();
      await committed(bench, service.name, [group]);
      await untilReady(bench, service);
    }
  }

  findings(): Findings {
    const longest = seconds(Math.max(...this.waits));
    const figures = [`the other groups had committed again ${longest} after the refusal at the latest`];
    return { figures: this.waits.length > 0 ? figures : [], violations: [] };
  }
}

/** Lets the held position arrive, and waits until the others' are committed. */
async function goOn(bench: Bench, instance: string, cycle: HeldCycle, others: readonly string[]) {
  const began = performance.now();
  const goneOn = committed(bench, instance, others);
  const error = await errorOf(cycle);
  await goneOn;
  return { error, waitedMs: performance.now() - began };
}

/** Resolves when the group has given a stranger partitions, of which it works on none. The answer lets it leave. */
async function join({ brokers, cluster }: Bench, group: string): Promise<() => Promise<void>> {
  let given = 0;
  const client = brokers.sibling('stranger');
  const member = new GroupMember(client, {
    group,
    topics: groups.find((spec) => spec.group === group)?.topics ?? [],
    held: () => ({ running: [], stored: [] }),
    assigned: ({ length }) => (given = length),
    report: () => undefined,
  });
  const isSettled = async () => (await members(cluster, group)) === INSTANCES;
  let leaving: Promise<void> | undefined;
  const leave = () =>
    (leaving ??= member
      .stop()
      .then(() => client.close())
      .then(() => until(`${group} is rebalanced again`, isSettled)));
  member.start();
  try {
    await until(`a stranger is given partitions in ${group}`, () => given > 0, { everyMs: 20 });
  } catch (error) {
    await leave();
    throw error;
  }
  return leave;
}
