import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailpointName } from '@atelier/eventing/engine';
import { until } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

const transaction: readonly FailpointName[] = [
  'after-fence',
  'after-send',
  'after-offsets',
  'before-commit',
  'during-commit',
  'after-commit',
];
const moments: Readonly<Record<string, readonly FailpointName[]>> = {
  orders: [...transaction, 'before-state-write'],
  inventory: [...transaction, 'before-state-write'],
  notifications: [...transaction, 'after-effect'],
  projections: ['before-rows-commit', 'after-rows-commit'],
};

interface Kill {
  readonly instance: string;
  readonly at: FailpointName;
}

/** Every service at each point of its transaction, in an order that the seed decides. */
export class WorkerKilled implements Fault {
  readonly number = 1;
  readonly name = 'a worker killed at each point of its transaction';
  /** Each of 23 moments, in both instances. */
  readonly times = 46;
  readonly kinds = new Kinds(kills());

  async once(bench: Bench): Promise<number> {
    const [, { instance, at }] = this.kinds.next(bench.random);
    const { cluster, history } = bench;
    const service = cluster.service(instance);
    const deaths = service.deaths;
    const armed = join(cluster.failpoints, instance);
    writeFileSync(armed, `${at} SIGKILL ${at === 'during-commit' ? bench.random.between(1, 4) : 0}`);
    history.write('armed', { instance, at });
    // The fence comes with an assignment, and an assignment with a start.
    if (at === 'after-fence') await service.signal('SIGKILL');
    try {
      await until(`${instance} passes ${at}`, () => !existsSync(armed) && service.deaths > deaths);
      await untilReady(bench, service);
    } finally {
      rmSync(armed, { force: true });
    }
    return 1;
  }
}

function kills(): [moment: string, kill: Kill][] {
  return Object.entries(moments).flatMap(([service, points]) =>
    points.flatMap((at) =>
      [1, 2].map((number): [string, Kill] => [`${service} ${at}`, { instance: `${service}-${number}`, at }]),
    ),
  );
}
