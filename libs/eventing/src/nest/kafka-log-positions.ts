import { Inject, Injectable } from '@nestjs/common';
import { topicOf } from '../domain/index.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import { openTransactions } from '../kafka/open-transactions/open-transactions.ts';
import { partitionEnds } from '../kafka/reading/partition-ends.ts';
import { committedOffset, logEnd } from '../kafka/groups/stored-positions.ts';
import { partitionOf } from '../serde/partitioner.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { HELD_BACK_MS } from './open-transaction-watch.ts';
import { type HeldBackAt, type HeldBackBy, LogPositions } from './ports.ts';

@Injectable()
export class KafkaLogPositions extends LogPositions {
  private readonly options: EventingOptions;
  private readonly engine: Engine;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.options = options;
    this.engine = engine;
  }

  override end(topic: string, partition: number): Promise<bigint> {
    return logEnd(this.engine.client, topic, partition);
  }

  override committed(group: string, topic: string, partition: number): Promise<bigint> {
    return committedOffset(this.engine.client, group, topic, partition);
  }

  override partitionOf(topic: string, key: string): number {
    return partitionOf(key, topicOf(this.options.catalogue, topic).partitions);
  }

  override async heldBack({ partitions, groups }: HeldBackAt): Promise<readonly HeldBackBy[]> {
    const { client } = this.engine;
    const positions = groups.length > 0 ? (await client.topic(OFFSETS_TOPIC)).leaders.length : 0;
    const ofGroups = groups.map((group) => ({
      topic: OFFSETS_TOPIC,
      partition: coordinatedPartition(group, positions),
    }));
    const ends = await partitionEnds(client, [...partitions, ...ofGroups]);
    const held = ends.filter(({ lastStableOffset, highWatermark }) => lastStableOffset < highWatermark);
    const open = held.length > 0 ? await openTransactions(client, held) : [];
    return open.filter(({ since }) => Date.now() - since > HELD_BACK_MS);
  }
}
