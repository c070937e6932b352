import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Fault } from './fault.ts';
import { members } from './group-members.ts';
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

  async once({ cluster, random, history }: Bench): Promise<number> {
    const [name] = random.some(1, Object.keys(groups));
    const instance = `${name}-${random.between(1, 2)}`;
    const service = cluster.service(instance);
    const armed = join(cluster.failpoints, instance);
    writeFileSync(armed, 'after-send SIGSTOP');
    try {
      await until(`${instance} has a transaction open`, () => !existsSync(armed), 45_000);
      history.write('stopped', { instance });
      await lasting(PAST_TIMEOUTS_MS);
      const group = groups[String(name)] ?? '';
      await until(`${group} goes on without ${instance}`, async () => (await members(cluster, group)) === 1);
    } finally {
      rmSync(armed, { force: true });
      const seen = readFileSync(service.logFile, 'utf8').length;
      await service.signal('SIGCONT');
      history.write('continued', { instance });
      await until(`${instance} notices that it was replaced`, () => wasFenced(service.logFile, seen));
    }
    await until(`${instance} is ready again`, () => service.ready());
    return 1;
  }
}

/** What a zombie must say when it wakes: its membership, its partitions or its producers are another's. */
const FENCED =
  /taken over by another process|not assigned to this process|is not aware of this member|coordinator is not aware|generation/i;

function wasFenced(logFile: string, from: number): boolean {
  return FENCED.test(readFileSync(logFile, 'utf8').slice(from));
}
