import { lasting } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { untilReady } from './ready.ts';

/** Third members that come and go every few seconds: by leaving properly, or by dying. */
export class RebalanceStorm implements Fault {
  readonly number = 4;
  readonly name = 'a member joins or leaves every few seconds';
  readonly times = 24;
  /** How a member leaves. */
  readonly kinds = new Kinds<NodeJS.Signals>([
    ['properly', 'SIGTERM'],
    ['by dying', 'SIGKILL'],
  ]);
  private readonly present = new Set<string>();

  async once(bench: Bench): Promise<number> {
    const { cluster, random, history } = bench;
    const [name = ''] = random.some(1, [...cluster.spares.keys()]);
    const member = cluster.service(name);
    if (this.present.has(name)) {
      const [, signal] = this.kinds.next(random);
      history.write('leaves', { name, signal });
      await member.hold(signal);
      this.present.delete(name);
    } else {
      this.present.add(name);
      await member.start();
      // Ready means that it has joined its groups, and works on what it was given.
      await untilReady(bench, member);
      history.write('joined', { name });
    }
    await lasting(random.between(500, 2_000));
    return 1;
  }

  /** The storm is over: the third members leave. */
  async end({ cluster }: Bench): Promise<void> {
    for (const name of this.present) await cluster.service(name).hold('SIGTERM');
    this.present.clear();
  }
}
