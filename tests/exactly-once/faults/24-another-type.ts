import { repositoryRoot } from '@atelier/local-stack';
import { until } from '../../harness/waiting.ts';
import { threeBrokersOfTheReleaseBefore } from '../cluster/cluster-kind.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { holdCycle, refusedOf } from './held-cycle.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';
import { becomeThisRelease } from './this-release.ts';

/** What an order begins with: all readers of this release know both, and see the second. */
const types = ['OrderPlaced', 'OrderSubmitted'] as const;
type Type = (typeof types)[number];

const writers = ['orders-1', 'orders-2'];
/** Orders that begin with a type before it counts as written: more than those that were on their way. */
const SOME = 100;

/**
 * The rest of the way of a roll-out (docs/schema-evolution.md, the last step): when all is of this release, orders begin with an event
 * of another type, and then with the former one again. One writer is told so after the other, the first one by a kill with a
 * transaction open, so that for a time each writes another type.
 */
export class AnotherType implements Fault {
  readonly number = 24;
  readonly name = 'orders that begin with an event of another type, and with the former one again';
  readonly times = types.length;
  readonly kinds = new Kinds<Type>([
    ['to the new type', 'OrderSubmitted'],
    ['back', 'OrderPlaced'],
  ]);
  /** What the release before has written is read by the new one, and stays in the log. */
  readonly cluster = threeBrokersOfTheReleaseBefore;
  private readonly written = new Map<Type, number>(types.map((type) => [type, 0]));

  /** Counts a change of both writers. */
  async once(bench: Bench): Promise<number> {
    const [way, type] = this.kinds.next();
    await becomeThisRelease(bench);
    bench.history.write('another type', { way });
    const begun = bench.events.length;
    for (const name of writers) {
      const dies = name === writers[0];
      const open = dies ? await holdCycle(bench, name, { at: 'end', least: 1 }) : undefined;
      const service = bench.cluster.service(name);
      await bench.cluster.change(
        name,
        { root: repositoryRoot, variables: { ORDER_PLACED_AS: type } },
        open && 'SIGKILL',
      );
      await untilReady(bench, service);
      if (open) await refusedOf(bench, service, open);
      const from = bench.events.length;
      for (const each of dies ? types : [type]) await begins(bench, each, from);
      bench.history.write('changed', { name, type });
    }
    for (const each of types)
      this.written.set(each, (this.written.get(each) ?? 0) + count(bench, each, begun));
    return 1;
  }

  findings(): Findings {
    const written = [...this.written].map(([type, orders]) => `${orders} orders began with ${type}`);
    return { figures: [written.join(', ')], violations: [] };
  }
}

const count = ({ events }: Bench, type: Type, from: number) =>
  events.slice(from).filter((event) => event.type === type).length;

const begins = (bench: Bench, type: Type, from: number) =>
  until(`${SOME} orders begin with ${type}`, () => count(bench, type, from) >= SOME);
