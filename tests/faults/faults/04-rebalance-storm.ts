import type { Bench, Fault } from './fault.ts';
import { lasting } from './waiting.ts';

/** Third members that come and go every few seconds: by leaving properly, or by dying. */
export class RebalanceStorm implements Fault {
  readonly number = 4;
  readonly name = 'a member joins or leaves every few seconds';
  readonly times = 24;
  private readonly present = new Set<string>();
  private readonly begun = new Set<string>();

  async once({ cluster, random, history }: Bench): Promise<number> {
    const [name = ''] = random.some(1, [...cluster.spares.keys()]);
    const member = cluster.service(name);
    if (this.present.delete(name)) {
      const signal = random.chance(0.5) ? 'SIGTERM' : 'SIGKILL';
      history.write('leaves', { name, signal });
      await member.hold(signal);
    } else {
      history.write('joins', { name });
      this.present.add(name);
      if (this.begun.has(name)) member.release();
      else void member.start().catch(() => undefined);
      this.begun.add(name);
    }
    await lasting(random.between(2_000, 4_000));
    return 1;
  }

  /** The storm is over: the third members leave. */
  async end({ cluster }: Bench): Promise<void> {
    for (const name of this.present) await cluster.service(name).hold('SIGTERM');
    this.present.clear();
  }
}
