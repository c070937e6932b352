import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, linesFrom } from '../../harness/services/service-log.ts';
import { lasting, until } from '../../harness/waiting.ts';
import type { FaultCluster } from '../cluster/fault-cluster.ts';
import type { Bench, Fault } from './fault.ts';
import { members } from './group-members.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { joinedAt, takenBack, wasReplaced } from './zombie-log.ts';

const groups: Readonly<Record<string, string>> = {
  orders: 'orders.decider',
  inventory: 'inventory.decider',
  notifications: 'notifications.order-mail',
};
/** Past the transaction's timeout, which is as long as the session's: 10 s. */
const PAST_TIMEOUTS_MS = 11_000;

/** Stopped with a transaction open, until another has its partitions and the broker has aborted the transaction. */
export class Zombie implements Fault {
  readonly number = 3;
  readonly name = 'a worker stopped past its timeouts, taken over, continued';
  readonly times = 3;
  /** Services with the group that is looked at. */
  readonly kinds = new Kinds(Object.entries(groups));

  async once(bench: Bench): Promise<number> {
    const { cluster, random, history } = bench;
    const [name, group] = this.kinds.next(random);
    const instance = `${name}-${random.between(1, 2)}`;
    const service = cluster.service(instance);
    const armed = join(cluster.failpoints, instance);
    let asleep = 0;
    let awake: string;
    // Here a transaction is open, whether the batch had anything to send or not.
    writeFileSync(armed, 'after-offsets SIGSTOP');
    try {
      await until(`${instance} has a transaction open`, () => !existsSync(armed));
      asleep = endOf(service.logFile);
      history.write('stopped', { instance });
      await lasting(PAST_TIMEOUTS_MS);
      await until(`${group} goes on without ${instance}`, async () => (await members(cluster, group)) === 1);
    } finally {
      rmSync(armed, { force: true });
      awake = new Date().toISOString();
      await service.signal('SIGCONT');
    }
    history.write('continued', { instance });
    const said = () => linesFrom(service.logFile, asleep);
    await until(`${instance} notices that it was replaced`, () => wasReplaced(said()));
    await until(`${instance} joins ${group} again`, () => joinedAt(said(), group) !== undefined);
    await untilReady(bench, service);
    for (const { name: peer, logFile } of peersOf(cluster, instance)) {
      const [theft] = takenBack(linesFrom(logFile, 0), awake);
      if (theft) throw new Error(`${instance} took from ${peer} what is its own: ${theft}`);
    }
    return 1;
  }
}

const peersOf = ({ services }: FaultCluster, zombie: string) =>
  [...services.values()].filter(({ name }) => name !== zombie && name.split('-')[0] === zombie.split('-')[0]);
