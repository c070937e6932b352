import { Inject, Injectable } from '@nestjs/common';
import { topicOf } from '../domain/index.ts';
import { coordinatedPartition, OFFSETS_TOPIC } from '../kafka/groups/coordinated-partition.ts';
import { openTransactions } from '../kafka/open-transactions/open-transactions.ts';
import { committedRecordFrom } from '../kafka/reading/record-from.ts';
import { partitionEnds } from '../kafka/reading/partition-ends.ts';
import { memberCount } from '../kafka/groups/member-count.ts';
import { committedOffset, logEnd } from '../kafka/groups/stored-positions.ts';
import type { TopicPartition } from '../log/log.ts';
import { partitionOf } from '../serde/partitioner.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { HELD_BACK_MS } from './open-transaction-watch.ts';
import { type HeldBackAt, type HeldBackBy, type LogPosition, LogPositions } from './ports.ts';

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

  override async stableEnds(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]> {
    const ends = await partitionEnds(this.engine.client, partitions);
    return ends.map(({ topic, partition, lastStableOffset: offset }) => ({ topic, partition, offset }));
  }

  override async writtenAt(position: LogPosition): Promise<number | undefined> {
    return (await committedRecordFrom(this.engine.client, position))?.timestamp;
  }

  override members(group: string): Promise<number> {
    return memberCount(this.engine.client, group);
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
