import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { Fetcher } from '../kafka/fetcher.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import type { GroupMember } from '../kafka/group-member.ts';
import { PartitionWorker } from '../engine/partition-worker.ts';
import { commitOffsets } from '../kafka/positions.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';
import type { Handler } from '../engine/handler.ts';
import { scratchName } from './scratch-broker.ts';
import { systemClock } from '../time/system-clock.ts';

export interface ScratchGroup {
  readonly group: string;
  readonly topic: string;
  readonly handle: Handler['handle'];
  readonly instanceId?: string;
}

/** A group that stands at the beginning of each partition. */
export async function scratchGroup(client: KafkaClient, topic: string): Promise<string> {
  const group = scratchName('group');
  const { leaders } = await client.topic(topic);
  const positions = leaders.map((_, partition) => ({ topic, partition, offset: 0n }));
  await commitOffsets(client, group, positions);
  return group;
}

/** Starts a member of the group that runs the handler on each of its partitions, and collects what it logs. */
export function runGroup(client: KafkaClient, { group, topic, handle, instanceId }: ScratchGroup) {
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
    group,
    topics: [topic],
    ...(instanceId !== undefined && { instanceId }),
    otherKindPauseMs: 500,
    log: { info: write, warn: write, error: write },
    processor: (assigned, member) =>
      new TransactionalProcessor(
        new KafkaCluster(client.sibling(`worker-${assigned.partition}`)),
        member,
        { handle },
        {
          group,
          ...assigned,
        },
      ),
  });
  consumer.start();
  return Object.assign(consumer, { logged });
}

/** One worker on one partition, without a consumer around it: its member may have any session timeout. */
export function runWorker(
  client: KafkaClient,
  member: GroupMember,
  { group, topic, partition = 0, handle }: ScratchGroup & { readonly partition?: number },
  fetcher = new Fetcher(client.sibling('fetcher')),
): PartitionWorker {
  const processor = new TransactionalProcessor(
    new KafkaCluster(client.sibling(`worker-${partition}`)),
    member,
    { handle },
    { group, topic, partition },
  );
  return new PartitionWorker(fetcher, processor, {
    clock: systemClock,
    topic,
    partition,
    maxBatch: 500,
    report: () => undefined,
  });
}
