import { lasting } from '../../harness/waiting.ts';
import { killInTransaction, killNow, someWorker } from './dying-worker.ts';
import type { Bench, Fault } from './fault.ts';
import { inSync } from './in-sync.ts';
import { Kinds } from './kinds.ts';
import { pauseBroker, pauses, someMoment } from './pause.ts';
import { untilReady } from './ready.ts';

type Pair = (bench: Bench, paused: number, other: number, ms: number) => Promise<void>;

const pairs: Readonly<Record<string, Pair>> = {
  'a worker killed, then a broker paused': async (bench, paused, _, ms) => {
    const worker = someWorker(bench);
    await killInTransaction(bench, worker);
    await pausing(bench, paused, ms);
    await untilReady(bench, worker);
  },
  'a broker killed, then another paused': async (bench, paused, other, ms) => {
    await bench.broken.during(`kafka-${other} away, kafka-${paused} paused`, async () => {
      await bench.cluster.stack.kill(`kafka-${other}`, 'SIGKILL');
      await bench.cluster.startPart(`kafka-${other}`);
      await pauseBroker(bench, paused, ms);
    });
  },
  'a broker paused while another is away': async (bench, paused, other, ms) => {
    await bench.broken.during(`kafka-${other} away, kafka-${paused} paused`, async () => {
      await bench.cluster.stack.kill(`kafka-${other}`, 'SIGKILL');
      try {
        await pauseBroker(bench, paused, ms);
      } finally {
        await bench.cluster.startPart(`kafka-${other}`);
      }
    });
  },
  'a worker killed while a broker is paused': async (bench, paused, _, ms) => {
    const worker = someWorker(bench);
    await pausing(bench, paused, ms, () => killNow(bench, worker));
    await untilReady(bench, worker);
  },
};

const pausing = (bench: Bench, id: number, ms: number, meanwhile?: () => Promise<void>) =>
  bench.broken.during(`kafka-${id} paused`, () =>
    pauseBroker(bench, id, ms, async () => {
      await lasting(bench.random.between(0, ms / 2));
      await meanwhile?.();
    }),
  );

/** Two things go wrong at once, in which either would be harmless. */
export class Pairs implements Fault {
  readonly number = 15;
  readonly name = 'pairs: a worker or a broker lost, and a broker paused';
  readonly times = 8;
  readonly kinds = new Kinds(Object.entries(pairs));
  readonly hanging = 'none';

  async once(bench: Bench): Promise<number> {
    const [kind, pair] = this.kinds.next(bench.random);
    const [paused, other] = bench.random.some(2, [1, 2, 3]) as [number, number];
    const [ms] = bench.random.some(1, pauses) as [number];
    bench.history.write('pair', { kind, paused, other, ms });
    await someMoment(bench);
    await pair(bench, paused, other, ms);
    await inSync(bench);
    return 1;
  }
}
