import { endOf, linesFrom } from '../../harness/services/service-log.ts';
import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { lasting, until } from '../../harness/waiting.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { members } from './group-members.ts';
import { errorOf, type HeldCycle, holdCycle, range } from './held-cycle.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { wasGiven, wasReplaced } from './zombie-log.ts';

/** Past the session, and the transaction's timeout: 10 s. */
const PAST_TIMEOUTS_MS = 11_000;
/** Orders that are settled by the other instance, on what were the zombie's partitions, too. */
const SETTLED_WITHOUT = 20;

interface Awakening {
  /** What was on its way when it was stopped. */
  readonly at: 'positions' | 'end';
  readonly arrives: 'when it wakes' | 'when it has its partitions again';
}

const awakenings = (['positions', 'end'] as const).flatMap((at) =>
  (['when it wakes', 'when it has its partitions again'] as const).map((arrives): [string, Awakening] => [
    `${at === 'end' ? 'EndTxn' : 'positions'} on their way, arriving ${arrives}`,
    { at, arrives },
  ]),
);

/**
 * Stopped in a transaction of several groups until another has all of their partitions, and has worked on them; then the other one
 * leaves, and the zombie gets everything back. What it had read and sent before is void, although the partitions are its own again.
 */
export class ZombieGivenBack implements Fault {
  readonly number = 20;
  readonly name = 'a zombie with several groups that is given its partitions back';
  readonly times = 4;
  readonly kinds = new Kinds(awakenings);
  readonly hanging = 'none';
  private readonly groups: number[] = [];

  /** Counts a zombie of which the broker refused what it had sent before. */
  async once(bench: Bench): Promise<number> {
    const { cluster, random, history } = bench;
    const [kind, { at, arrives }] = this.kinds.next(random);
    const [zombie, other] = random.some(2, [1, 2]).map((number) => cluster.service(`orders-${number}`)) as [
      SupervisedService,
      SupervisedService,
    ];
    const cycle = await holdCycle(bench, zombie.name, { at, least: 3 });
    await zombie.signal('SIGSTOP');
    const asleep = endOf(zombie.logFile);
    history.write('stopped', { instance: zombie.name, kind, groups: cycle.groups });
    try {
      await takenOver(bench, zombie, cycle);
      await other.hold('SIGTERM');
    } finally {
      await zombie.signal('SIGCONT');
    }
    history.write('continued', { instance: zombie.name, without: other.name });
    const said = () => linesFrom(zombie.logFile, asleep);
    const woken = arrives === 'when it wakes' ? await errorOf(cycle) : undefined;
    for (const group of cycle.groups)
      await until(`${zombie.name} has ${group} again`, () => wasGiven(said(), group));
    const error = arrives === 'when it wakes' ? woken : await errorOf(cycle);
    other.release();
    history.write('given back', { error });
    if (error === 0) throw new Error(`What ${zombie.name} had sent before it was replaced was taken`);
    await until(`${zombie.name} notices that it was replaced`, () => wasReplaced(said()));
    for (const service of [zombie, other]) await untilReady(bench, service);
    if (error === undefined) return 0;
    this.groups.push(cycle.groups.length);
    return 1;
  }

  findings(): Findings {
    const figures = [`positions of ${range(this.groups)} groups in the transactions of the zombies`];
    return { figures: this.groups.length > 0 ? figures : [], violations: [] };
  }
}

/** Every group of the transaction goes on without the zombie, and orders are settled. */
async function takenOver({ cluster, ledger }: Bench, { name }: SupervisedService, { groups }: HeldCycle) {
  await lasting(PAST_TIMEOUTS_MS);
  for (const group of groups)
    await until(`${group} goes on without ${name}`, async () => (await members(cluster, group)) === 1);
  const before = ledger.settledCount;
  await until(`orders are settled without ${name}`, () => ledger.settledCount >= before + SETTLED_WITHOUT, {
    progress: () => ledger.settledCount,
  });
}
