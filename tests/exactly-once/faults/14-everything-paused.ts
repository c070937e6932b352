import { suspend } from '../cluster/suspend.ts';
import type { Bench, Fault } from './fault.ts';
import { inSync } from './in-sync.ts';
import { led } from './leaders.ts';
import { someMoment } from './pause.ts';

const ASLEEP_MS = 60_000;

/** The laptop sleeps: brokers, services, registry, database, mail server, relays, clients and this process itself. */
export class EverythingPaused implements Fault {
  readonly number = 14;
  readonly name = 'everything paused at once for 60 s (the laptop sleeps)';
  readonly times = 2;
  readonly hanging = 'none';

  async once(bench: Bench): Promise<number> {
    await someMoment(bench);
    bench.history.write('asleep', { ms: ASLEEP_MS });
    await bench.broken.during('everything paused', async () => {
      const stopped = await suspend(ASLEEP_MS);
      bench.history.write('awake', { stopped });
      await led(bench);
    });
    await inSync(bench);
    return 1;
  }
}
