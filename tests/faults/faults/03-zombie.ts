import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultCluster } from '../cluster/fault-cluster.ts';
import { endOf, linesFrom } from '../cluster/service-log.ts';
import type { Bench, Fault } from './fault.ts';
import { members } from './group-members.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { lasting, until } from './waiting.ts';

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
    let asleep = 0;
    const armed = join(cluster.failpoints, instance);
    // Here a transaction is open, whether the batch had anything to send or not.
    writeFileSync(armed, 'after-offsets SIGSTOP');
    try {
      await until(`${instance} has a transaction open`, () => !existsSync(armed), 45_000);
      asleep = endOf(service.logFile);
      history.write('stopped', { instance });
      await lasting(PAST_TIMEOUTS_MS);
      await until(`${group} goes on without ${instance}`, async () => (await members(cluster, group)) === 1);
    } finally {
      rmSync(armed, { force: true });
      await service.signal('SIGCONT');
    }
    history.write('continued', { instance });
    await until(`${instance} notices that it was replaced`, () => wasFenced(service.logFile, asleep));
    await until(`${instance} joins again`, () => joined(service.logFile, asleep) !== undefined);
    refuseTakingBack(cluster, instance, asleep);
    await untilReady(bench, service);
    return 1;
  }
}

/** What a zombie must say when it wakes: its membership, its partitions or its producers are another's. */
const REPLACED =
  /taken over by another process|not assigned to this process|not aware of this member|generation id is not valid/i;
const TAKEN_OVER = /taken over by another process/;
const JOINED = /generation \d+:/;

const wasFenced = (logFile: string, from: number) =>
  linesFrom(logFile, from).some(({ level, msg }) => level !== 'info' && REPLACED.test(msg));

const joined = (logFile: string, from: number) =>
  linesFrom(logFile, from).find(({ msg }) => JOINED.test(msg));

/** Until it has joined again, and the group has given it partitions, it must not have fenced anybody. */
function refuseTakingBack(cluster: FaultCluster, zombie: string, asleep: number): void {
  const service = cluster.service(zombie);
  const [wokenAt = ''] = linesFrom(service.logFile, asleep).map(({ time }) => time);
  const joinedAt = joined(service.logFile, asleep)?.time ?? '';
  const peers = [...cluster.services.values()].filter(
    ({ name }) => name !== zombie && name.split('-')[0] === zombie.split('-')[0],
  );
  for (const { name, logFile } of peers)
    for (const { time, msg } of linesFrom(logFile, 0))
      if (time >= wokenAt && time < joinedAt && TAKEN_OVER.test(msg))
        throw new Error(`${zombie} took partitions back from ${name} before it had joined: ${msg}`);
}
