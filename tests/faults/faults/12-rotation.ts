import type { Bench, Fault } from './fault.ts';
import { lasting } from './waiting.ts';

const ROTATE_MS = 30_000;

/** Every half a minute another fault, whichever the seed chooses, for as long as it is told to. */
export class Rotation implements Fault {
  readonly number = 12;
  readonly name = 'all of it, seeded, another every 30 s';
  readonly times = 1;
  private readonly faults: readonly Fault[];
  private readonly until: () => boolean;

  constructor(faults: readonly Fault[], until: () => boolean) {
    this.faults = faults;
    this.until = until;
  }

  async once(bench: Bench): Promise<number> {
    let times = 0;
    while (!this.until()) {
      const began = Date.now();
      const [fault] = bench.random.some(1, this.faults);
      bench.history.write('rotation', { number: fault?.number, name: fault?.name });
      times += (await fault?.once(bench)) ?? 0;
      await lasting(Math.max(0, ROTATE_MS - (Date.now() - began)));
    }
    for (const fault of this.faults) await fault.end?.(bench);
    return times;
  }
}
