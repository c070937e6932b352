import { type ClusterKind, oneBroker, oneBrokerOf431 } from '../cluster/cluster-kind.ts';
import { killInTransaction, killNow, someWorker } from './dying-worker.ts';
import { elections } from './elections.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { led } from './leaders.ts';
import { pauseBroker, pauses, secondsOf, someMoment } from './pause.ts';
import { lasting, until } from './waiting.ts';

type Death = 'none' | 'just before' | 'meanwhile';
const deaths: readonly Death[] = ['none', 'just before', 'meanwhile'];

interface Round {
  readonly ms: number;
  readonly death: Death;
  /** Nobody places orders any more: what hangs is joined by no later transaction, or by few. */
  readonly quiet: boolean;
}

const rounds = pauses.flatMap((ms) =>
  deaths.flatMap((death) =>
    [false, true].map((quiet): [string, Round] => {
      const killed = death === 'none' ? '' : `, a worker killed ${death}`;
      return [`${secondsOf(ms)}${killed}${quiet ? ', clients stop' : ''}`, { ms, death, quiet }];
    }),
  ),
);

/** Nothing has a leader until the broker is elected again; transactions whose producers are dead are ended by the coordinator alone. */
export class OnlyBrokerPaused implements Fault {
  readonly number: number;
  readonly name: string;
  readonly times = 20;
  readonly kinds = new Kinds(rounds);
  readonly cluster: ClusterKind;
  readonly hanging: 'none' | 'some';

  private constructor(number: number, name: string, cluster: ClusterKind, hanging: 'none' | 'some') {
    this.number = number;
    this.name = name;
    this.cluster = cluster;
    this.hanging = hanging;
  }

  static own(): OnlyBrokerPaused {
    return new OnlyBrokerPaused(16, 'the only broker paused', oneBroker, 'none');
  }

  static of431(): OnlyBrokerPaused {
    const name = 'the only broker paused, Kafka 4.3.1 (KAFKA-20734)';
    return new OnlyBrokerPaused(17, name, oneBrokerOf431, 'some');
  }

  /** Counts a pause in which the broker was fenced: when its heartbeat overtakes the controller, nothing was broken. */
  async once(bench: Bench): Promise<number> {
    const [kind, { ms, death, quiet }] = this.kinds.next(bench.random);
    const worker = someWorker(bench);
    bench.history.write('round', { kind });
    const before = await elections(bench);
    await someMoment(bench);
    if (death === 'just before') await killInTransaction(bench, worker);
    const stopped = quiet ? bench.load.pause() : undefined;
    await bench.broken.during('the only broker paused', async () => {
      await pauseBroker(bench, 1, ms, async () => {
        if (death !== 'meanwhile') return;
        await lasting(bench.random.between(0, ms / 2));
        await killNow(bench, worker);
      });
      await led(bench);
    });
    const elected = (await elections(bench)) > before;
    bench.history.write('led again', { elected });
    if (stopped) await settledAlone(bench, stopped);
    await goneOn(bench);
    return elected ? 1 : 0;
  }
}

/** What is under way is settled although nothing new comes. */
async function settledAlone({ ledger, load }: Bench, stopped: Promise<void>): Promise<void> {
  await stopped;
  await until('orders under way are settled', () => ledger.open === 0, { progress: () => ledger.open });
  load.resume();
}

/** The next pause comes when orders are settled again. Whether that takes too long is for the checks to say, not for the fault. */
async function goneOn({ ledger, history }: Bench): Promise<void> {
  const before = ledger.settledCount;
  const settled = () => ledger.settledCount >= before + 20;
  await until('orders are settled again', settled).catch((error: unknown) =>
    history.write('not settled', { message: (error as Error).message }),
  );
}
