import { lasting } from '../../harness/waiting.ts';
import { type Bench, type Fault, InjectionFailed } from './fault.ts';
import { Kinds } from './kinds.ts';

const ROTATE_MS = 30_000;

/** Every half a minute another fault, in an order that the seed decides, for as long as it is told to. */
export class Rotation implements Fault {
  readonly number = 12;
  readonly name = 'all of it, seeded, another every 30 s';
  readonly times = 1;
  readonly kinds: Kinds<Fault>;
  private readonly over: () => boolean;

  constructor(faults: readonly Fault[], over: () => boolean) {
    this.kinds = new Kinds(faults.map((fault) => [fault.name, fault]));
    this.over = over;
  }

  /** Counts turns. A fault that fails does not end the rotation: they are told together, at its end. */
  async once(bench: Bench): Promise<number> {
    let times = 0;
    const failures: string[] = [];
    while (!this.over()) {
      const began = Date.now();
      const [name, fault] = this.kinds.next(bench.random);
      try {
        times += Math.min(1, await this.inject(bench, fault));
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
        bench.history.write('failed', { name, message: (error as Error).message });
      }
      await lasting(Math.max(0, ROTATE_MS - (Date.now() - began)));
    }
    if (failures.length > 0) throw new InjectionFailed(failures.join('; '), times);
    return times;
  }

  private async inject(bench: Bench, fault: Fault): Promise<number> {
    bench.history.write('rotation', { number: fault.number, name: fault.name });
    try {
      return await fault.once(bench);
    } finally {
      await fault.end?.(bench);
    }
  }
}
