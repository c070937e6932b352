import { join } from 'node:path';
import { groups } from '@atelier/contracts';
import { assignments } from '../../harness/evidence/assignments.ts';
import {
  commandOf,
  type Evidence,
  type GroupPosition,
  type PartitionContent,
} from '../../harness/evidence/evidence.ts';
import { type LogWatch, watchedTopics } from '../../harness/evidence/log-watch.ts';
import { Mailbox } from '../../harness/evidence/mailbox.ts';
import { readPositions, readRows } from '../../harness/evidence/read-model.ts';
import type { Ledger } from '../../harness/load/ledger.ts';
import { POISON_HEADER } from '../../harness/load/poison.ts';
import type { FaultCluster } from '../cluster/fault-cluster.ts';
import type { CommittedReader } from './committed-reader.ts';
import { contentsOf, readAgain } from './contents.ts';

/** Topics that groups and the concurrent readers read. */
export const readTopics = watchedTopics.filter((topic) => !topic.endsWith('.dlq'));

/** Collects what the platform left behind from each of its parts, and from its clients. */
export class Gatherer {
  private readonly cluster: FaultCluster;
  private readonly watch: LogWatch;
  private readonly ledger: Ledger;
  private readonly readers: readonly CommittedReader[];
  private readonly mailbox: Mailbox;
  readonly kills: string[] = [];

  constructor(cluster: FaultCluster, watch: LogWatch, ledger: Ledger, readers: readonly CommittedReader[]) {
    this.cluster = cluster;
    this.watch = watch;
    this.ledger = ledger;
    this.readers = readers;
    const { dataDir } = cluster;
    this.mailbox = new Mailbox(join(dataDir, 'mail'), join(dataDir, 'logs', 'mail.log'));
  }

  async evidence(): Promise<Evidence> {
    await this.watch.catchUp();
    const { rows, positions } = await readRows(this.cluster.stack.postgresUrl);
    const { acknowledged, unknownKeys, repeatedKeys } = this.ledger;
    const { services, spares } = this.cluster;
    return {
      events: this.watch.events,
      commands: this.watch.commands.filter(({ headers }) => !headers.has(POISON_HEADER)).map(commandOf),
      rows,
      mails: this.mailbox.read(),
      mailRestarts: this.mailbox.restarts,
      assignments: assignments([...services.values(), ...spares.values()]),
      told: {
        acknowledged: new Map([...acknowledged].map(([orderId, { key }]) => [orderId, key])),
        unknown: unknownKeys,
        repeated: repeatedKeys,
      },
      logs: await contentsOf(this.watch.reader, readTopics, [...this.watch.events, ...this.watch.commands]),
      readers: this.readers.map(({ name, seen }) => ({ reader: name, topics: readTopics, seen: seen() })),
      positions: [...(await this.groupPositions()), ...positions],
      kills: this.kills,
    };
  }

  /** How far the groups are behind, over all partitions, in offsets: 0 when there is nothing left to read. */
  async lag(): Promise<number> {
    const ends = new Map<string, bigint>();
    for (const topic of readTopics)
      for (const { partition, end } of await this.watch.reader.ends(topic))
        ends.set(`${topic}-${partition}`, end);
    const positions = [
      ...(await this.groupPositions()),
      ...(await readPositions(this.cluster.stack.postgresUrl)),
    ];
    return positions.reduce(
      (sum, { topic, partition, next }) =>
        sum + Math.max(0, Number((ends.get(`${topic}-${partition}`) ?? 0n) - (next ?? 0n))),
      0,
    );
  }

  /** What the log holds now, read a second time from its beginning. */
  logsAgain(): Promise<PartitionContent[]> {
    return readAgain(this.cluster.stack.kafka.bootstrap, readTopics);
  }

  /** Projections keep theirs in the database. */
  private async groupPositions(): Promise<GroupPosition[]> {
    const inKafka = groups.filter(({ kind }) => kind !== 'projection');
    const positions = inKafka.flatMap(({ group, topics }) =>
      topics.map(async (topic) =>
        (await this.watch.reader.committed(group, topic)).map((next, partition) => ({
          group,
          topic,
          partition,
          next,
        })),
      ),
    );
    return (await Promise.all(positions)).flat();
  }
}
