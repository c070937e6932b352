import { delayTopic } from '@atelier/eventing/domain';
import { committedOffset } from '@atelier/eventing/kafka';
import { lasting, until } from '../../harness/waiting.ts';
import { withAdmin } from '../cluster/admin.ts';
import { minInSyncOf, reassign, setMinInSync } from '../cluster/replicas.ts';
import type { Bench, Fault, Findings } from './fault.ts';
import { inSync } from './in-sync.ts';
import { leaderlessPartitions } from './leaderless.ts';

/** No order needs what is written here to be settled: it is told to expire, later. */
const topic = delayTopic('orders.commands');
/** The lane of that partition writes there, and no other. */
const writer = { group: 'orders.expire-order', source: 'orders.events' };
const LEADERLESS_MS = 60_000;
const LEAST_KEPT = 0.8;

/** Orders that were settled in a second. */
interface Rates {
  readonly before: number;
  readonly without: number;
}

/** One partition of an output has its only replica on a broker that stops for a minute. Everything else has two other replicas. */
export class PartitionWithoutLeader implements Fault {
  readonly number = 22;
  readonly name = 'an output partition without a leader for 60 s';
  readonly times = 2;
  private readonly rates: Rates[] = [];
  private minInSync: string | undefined;

  /** Counts a minute in which nothing had to lead that partition, so that the lane that writes there stood still. */
  async once(bench: Bench): Promise<number> {
    const { cluster, random, history } = bench;
    const [broker = 1] = random.some(1, [1, 2, 3]);
    const partition = random.between(0, 5);
    await this.leaveOnlyOn(bench, partition, broker);
    const before = await rate(bench);
    const name = `kafka-${broker}`;
    history.write('leaderless', { topic, partition, broker });
    await cluster.stack.kill(name, 'SIGTERM');
    const during = async () => {
      const leaderless = () => onlyLeaderless(bench, partition);
      await until(`${topic}-${partition}, and nothing else, has no leader`, leaderless);
      return Promise.all([rate(bench), standsStill(bench, partition)]);
    };
    const [without, stood] = await during().finally(() => cluster.startPart(name));
    history.write('led again', { before, without, stood });
    await this.end(bench);
    if (!stood) return 0;
    this.rates.push({ before, without });
    return 1;
  }

  /** Every replica is back, in every partition. */
  async end(bench: Bench): Promise<void> {
    const { minInSync } = this;
    if (minInSync === undefined) return;
    for (let partition = 0; partition < 6; partition++)
      await withAdmin(bench.cluster, (admin) => reassign(admin, topic, partition, [1, 2, 3]));
    await inSync(bench);
    await withAdmin(bench.cluster, (admin) => setMinInSync(admin, topic, minInSync));
    this.minInSync = undefined;
  }

  findings(): Findings {
    const kept = ({ before, without }: Rates) => without / before;
    return {
      figures: this.rates.map(
        (each) =>
          `${each.before.toFixed(1)} orders/s before, ${each.without.toFixed(1)} without that partition: ${kept(each).toFixed(2)}`,
      ),
      violations: this.rates
        .filter((each) => kept(each) < LEAST_KEPT)
        .map((each) => ({ kind: 'throughput-lost', kept: kept(each), least: LEAST_KEPT })),
    };
  }

  /** With one replica nothing could be written where two must have it. */
  private async leaveOnlyOn(bench: Bench, partition: number, broker: number): Promise<void> {
    await withAdmin(bench.cluster, async (admin) => {
      this.minInSync = await minInSyncOf(admin, topic);
      await setMinInSync(admin, topic, '1');
      await reassign(admin, topic, partition, [broker]);
    });
    await until(`${topic}-${partition} is on kafka-${broker} alone`, () =>
      withAdmin(bench.cluster, async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
        return found?.leader === broker && found.replicas.length === 1;
      }),
    );
  }
}

async function rate({ ledger }: Bench): Promise<number> {
  const [settled, began] = [ledger.settledCount, performance.now()];
  await lasting(LEADERLESS_MS);
  return (ledger.settledCount - settled) / ((performance.now() - began) / 1_000);
}

async function onlyLeaderless(bench: Bench, partition: number): Promise<boolean> {
  const found = await leaderlessPartitions(bench).catch(() => []);
  return found.length === 1 && found[0] === `${topic}-${partition}`;
}

/** Whether the lane that writes there is where it was, for most of that minute. */
async function standsStill(bench: Bench, partition: number): Promise<boolean> {
  const { group, source } = writer;
  const position = () => committedOffset(bench.brokers, group, source, partition);
  await lasting(LEADERLESS_MS / 4);
  const before = await position();
  await lasting(LEADERLESS_MS / 2);
  return (await position()) === before && (await onlyLeaderless(bench, partition));
}
