import type { ByteReader } from './byte-reader.ts';
import type { Request } from './connection.ts';
import type { PartitionAnswer, TopicPartition } from './requests.ts';

/** A transaction that a partition has open, as its leader says. */
export interface OpenAtLeader {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly startOffset: bigint;
}

export interface ProducersAnswer extends PartitionAnswer {
  readonly open: readonly OpenAtLeader[];
}

/** DescribeProducers (KIP-664), to be asked of leaders. */
export const describeProducers = (partitions: readonly TopicPartition[]): Request<ProducersAnswer[]> => ({
  api: 61,
  version: 0,
  flexible: true,
  write: (body) => {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)];
    body.compactArray(topics, ([topic, some]) => {
      body.compactString(topic).compactArray(some, ({ partition }) => body.int32(partition));
      body.tags();
    });
    body.tags();
  },
  read: (body) => {
    body.int32();
    return body
      .compactArray(() => {
        const topic = body.compactString();
        const answers = body.compactArray(() => producersOf(body, topic));
        body.tags();
        return answers;
      })
      .flat();
  },
});

function producersOf(body: ByteReader, topic: string): ProducersAnswer {
  const partition = body.int32();
  const error = body.int16();
  body.compactString();
  const producers = body.compactArray(() => {
    const [producerId, epoch] = [body.int64(), body.int32()];
    body.int32();
    body.int64();
    body.int32();
    const startOffset = body.int64();
    body.tags();
    return { producerId, epoch, startOffset };
  });
  body.tags();
  return { topic, partition, error, open: producers.filter(({ startOffset }) => startOffset >= 0n) };
}
