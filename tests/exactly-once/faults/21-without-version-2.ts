import { threeBrokersOfVersion1 } from '../cluster/cluster-kind.ts';
import { isAddOffsetsToTxn, isOfVersion2 } from '../network/transaction-requests.ts';
import { WorkerKilled } from './01-worker-killed.ts';
import { Zombie } from './03-zombie.ts';
import { DelayedEndTxn } from './05-delayed-end-txn.ts';
import { ManyGroupsKilled } from './18-many-groups-killed.ts';
import { OneGroupRebalanced } from './19-one-group-rebalanced.ts';
import { ZombieGivenBack } from './20-zombie-given-back.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { Kinds } from './kinds.ts';

/** Kills and fences: what depends on the version in which transactions are spoken. */
const kinds = () =>
  [
    new WorkerKilled(),
    new ManyGroupsKilled(),
    new Zombie(),
    new DelayedEndTxn(),
    new OneGroupRebalanced(),
    new ZombieGivenBack(),
  ].map((fault): [string, Fault] => [fault.name, fault]);

/** On brokers that were formatted with `transaction.version=1`, an epoch lasts for many transactions. */
export class WithoutVersion2 implements Fault {
  readonly number = 21;
  readonly name = 'kills and fences on brokers without version 2 of transactions';
  readonly times = 12;
  readonly kinds = new Kinds(kinds());
  readonly cluster = threeBrokersOfVersion1;
  /** Requests that only one of the versions has, in the whole row. */
  private readonly seen = { version1: 0, version2: 0 };

  /** Counts a fault that took hold, however much of it broke. */
  async once(bench: Bench): Promise<number> {
    const [name, fault] = this.kinds.next(bench.random);
    bench.history.write('without version 2', { name });
    const unwatch = bench.cluster.relays.requests.map((requests) =>
      requests.watch((request) => {
        if (isAddOffsetsToTxn(request)) this.seen.version1++;
        if (isOfVersion2(request)) this.seen.version2++;
      }),
    );
    try {
      return Math.min(1, await fault.once(bench));
    } finally {
      for (const end of unwatch) end();
      await fault.end?.(bench);
    }
  }

  findings(): Findings {
    const { version1, version2 } = this.seen;
    return {
      figures: [`${version1} AddOffsetsToTxn, and ${version2} requests of version 2`],
      violations: [
        ...(version1 > 0
          ? []
          : [{ kind: 'too-little', what: 'requests of version 1', count: 0, needed: 1 } as const]),
        ...(version2 === 0 ? [] : [{ kind: 'spoke-version-2', requests: version2 } as const]),
      ],
    };
  }
}
