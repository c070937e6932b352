import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { lasting, until } from '../../harness/waiting.ts';
import { type ClusterKind, oneBroker, oneBrokerOf431 } from '../cluster/cluster-kind.ts';
import {
  type Commits,
  holdCommits,
  killCommitting,
  killInTransaction,
  killNow,
  someWorker,
} from './dying-worker.ts';
import { elections, leaderless } from './elections.ts';
import type { Bench, Fault } from './fault.ts';
import { Kinds } from './kinds.ts';
import { led } from './leaders.ts';
import { pauseBroker, pauses, secondsOf, someMoment } from './pause.ts';

/** At most so long after it went on, the broker is told that it may lead again. */
const LEADERLESS_MS = 2_000;
const COMMITS_MS = 500;

type Death = 'none' | 'just before' | 'meanwhile' | 'while it commits';
const deaths: readonly Death[] = ['none', 'just before', 'meanwhile', 'while it commits'];

interface Round {
  readonly ms: number;
  /** What workers commit from before the pause on arrives when nothing has a leader: then a transaction may hang. */
  readonly commitsLate?: boolean;
  readonly death: Death;
  /** Nobody places orders any more: what hangs is ended by no later transaction, or by few. */
  readonly quiet: boolean;
}

/** Each length and each death, every second time with clients that stop. */
const rounds = pauses.flatMap((ms, length) =>
  deaths.map((death, at): [string, Round] => {
    const quiet = (length + at) % 2 === 0;
    const killed = death === 'none' ? '' : `, a worker killed ${death}`;
    return [`${secondsOf(ms)}${killed}${quiet ? ', clients stop' : ''}`, { ms, death, quiet }];
  }),
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

  /** Counts a pause in which the broker was fenced: otherwise nothing was broken. */
  async once(bench: Bench): Promise<number> {
    const [kind, round] = this.kinds.next(bench.random);
    bench.history.write('round', { kind });
    const before = await elections(bench);
    await someMoment(bench);
    const commitsLate = this.hanging === 'some';
    await roundOf[round.death](bench, someWorker(bench), { ...round, commitsLate });
    if (round.quiet) await settledAlone(bench);
    const elected = (await elections(bench)) > before;
    bench.history.write('led again', { elected });
    await goneOn(bench);
    return elected ? 1 : 0;
  }
}

type PlayRound = (bench: Bench, worker: SupervisedService, round: Round) => Promise<void>;

const roundOf: Readonly<Record<Death, PlayRound>> = {
  none: (bench, _, round) => paused(bench, round),
  'just before': async (bench, worker, round) => {
    await killInTransaction(bench, worker);
    await paused(bench, round);
  },
  meanwhile: (bench, worker, round) =>
    paused(bench, round, async () => {
      await lasting(bench.random.between(0, round.ms / 2));
      await killNow(bench, worker);
    }),
  'while it commits': async (bench, worker, round) => {
    const dead = await killCommitting(bench, worker);
    try {
      await paused(bench, round, undefined, () => dead.arrive());
    } finally {
      dead.arrive();
      dead.release();
    }
  },
};

/**
 * The broker stops, is fenced, and goes on. It learns first that it was fenced: its heartbeats come late, and until then nothing
 * has a leader.
 */
function paused(
  bench: Bench,
  { ms, quiet, commitsLate }: Round,
  meanwhile?: () => Promise<void>,
  whileLeaderless: () => void = () => undefined,
): Promise<void> {
  return bench.broken.during('the only broker paused', async () => {
    const commits = commitsLate ? await someCommits(bench) : undefined;
    // Those that have begun an order go on until they have an answer.
    if (quiet) void bench.load.pause();
    const heartbeatsArrive = bench.cluster.controller?.holdHeartbeats();
    try {
      await pauseBroker(bench, 1, ms, meanwhile);
      bench.history.write('leaderless', { seen: await leaderless(bench) });
      whileLeaderless();
      commits?.arrive();
      await lasting(bench.random.between(200, LEADERLESS_MS));
    } finally {
      commits?.arrive();
      heartbeatsArrive?.();
    }
    await led(bench);
  });
}

/** Those that come within a moment: who waits for the answer of one sends no other. */
async function someCommits(bench: Bench): Promise<Commits> {
  const commits = holdCommits(bench);
  await lasting(COMMITS_MS);
  return commits;
}

/** What is under way is settled although nothing new comes. */
async function settledAlone({ ledger, load }: Bench): Promise<void> {
  await load.pause();
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
