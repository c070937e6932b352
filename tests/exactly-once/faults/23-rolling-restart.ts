import { repositoryRoot } from '@atelier/local-stack';
import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { threeBrokersOfTheReleaseBefore } from '../cluster/cluster-kind.ts';
import { runsFrom } from '../cluster/previous-release.ts';
import { initialisedId, isOf } from '../network/transaction-requests.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { holdCycle, refusedOf } from './held-cycle.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { becomeThisRelease } from './this-release.ts';

type Way = 'to this release' | 'back';
const ways: readonly Way[] = ['to this release', 'back'];
/** These die with a transaction open, in both directions: the other release ends it, and goes on. */
const dying: ReadonlySet<string> = new Set(['orders-1', 'inventory-1']);

/** One instance after the other becomes one of the other release, under load, on what the one before has left on disk and in the log. */
export class RollingRestart implements Fault {
  readonly number = 23;
  readonly name = 'a rolling restart from the release before to this one, and back';
  readonly times = ways.length;
  readonly kinds = new Kinds(ways.map((way) => [way, way]));
  readonly cluster = threeBrokersOfTheReleaseBefore;
  /** Transactional ids for a partition, as the release before has them, that this one has initialised. */
  private readonly former = new Set<string>();
  private changed = 0;

  async once(bench: Bench): Promise<number> {
    const { cluster } = bench;
    const [, way] = this.kinds.next();
    const root = way === 'back' ? cluster.root : repositoryRoot;
    if (way !== 'back') await cluster.deploy(root);
    bench.history.write('rolling', { way });
    for (const service of cluster.services.values()) {
      const open = dying.has(service.name)
        ? await holdCycle(bench, service.name, { at: 'end', least: 1 })
        : undefined;
      await cluster.change(service.name, { root }, open && 'SIGKILL');
      const unwatch = way === 'back' ? [] : this.watch(bench, service);
      await untilReady(bench, service).finally(() => unwatch.forEach((end) => end()));
      if (open) await refusedOf(bench, service, open);
      if (!runsFrom(service, root)) throw new Error(`${service.name} is not of the other release`);
      bench.history.write('changed', { name: service.name, way });
      this.changed++;
    }
    return 1;
  }

  /** Read models that the release before does not know stood still meanwhile: rows are judged when they have caught up. */
  end(bench: Bench): Promise<void> {
    return becomeThisRelease(bench);
  }

  findings(): Findings {
    const { size: count } = this.former;
    const what = 'transactional ids of the release before that this one has ended';
    return {
      figures: [`${this.changed} instances changed, ${count} ${what}`],
      violations: count > 0 ? [] : [{ kind: 'too-little', what, count, needed: 1 }],
    };
  }

  /** An id that has no process in it is that of a partition. */
  private watch({ cluster: { relays } }: Bench, { name }: SupervisedService): (() => void)[] {
    return relays.requests.map((requests) =>
      requests.watch((request) => {
        const id = isOf(request, name) ? initialisedId(request) : undefined;
        if (id !== undefined && !id.includes('/')) this.former.add(id);
      }),
    );
  }
}
