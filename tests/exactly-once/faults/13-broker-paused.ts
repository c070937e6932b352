import type { Bench, Fault } from './fault.ts';
import { inSync } from './in-sync.ts';
import { Kinds } from './kinds.ts';
import { pauseBroker, pauses, secondsOf, someMoment } from './pause.ts';

/** Each broker in turn: it is fenced, others lead what it led, and it goes on as if nothing had happened. */
export class BrokerPaused implements Fault {
  readonly number = 13;
  readonly name = 'a broker paused past its session';
  readonly times = 9;
  readonly kinds = new Kinds(pauses.map((ms) => [secondsOf(ms), ms]));
  readonly hanging = 'none';
  private turn = 0;

  async once(bench: Bench): Promise<number> {
    const [, ms] = this.kinds.next(bench.random);
    const id = 1 + (this.turn++ % bench.cluster.stack.kafka.brokers.length);
    await someMoment(bench);
    await bench.broken.during(`kafka-${id} paused`, () => pauseBroker(bench, id, ms));
    await inSync(bench);
    return 1;
  }
}
