import { type Bench, type Fault, InjectionFailed } from './fault.ts';
import { lasting } from './waiting.ts';

const ROTATE_MS = 30_000;

/** Every half a minute another fault, whichever the seed chooses, for as long as it is told to. */
export class Rotation implements Fault {
  readonly number = 12;
  readonly name = 'all of it, seeded, another every 30 s';
  readonly times = 1;
  private readonly faults: readonly Fault[];
  private readonly over: () => boolean;

  constructor(faults: readonly Fault[], over: () => boolean) {
    this.faults = faults;
    this.over = over;
  }

  /** One that fails does not end the rotation: they are told together, at its end. */
  async once(bench: Bench): Promise<number> {
    let times = 0;
    const failures: string[] = [];
    while (!this.over()) {
      const began = Date.now();
      const [fault] = bench.random.some(1, this.faults);
      try {
        times += await this.inject(bench, fault as Fault);
      } catch (error) {
        failures.push(`${fault?.name}: ${(error as Error).message}`);
        bench.history.write('failed', { name: fault?.name, message: (error as Error).message });
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
