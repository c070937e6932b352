import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Address, Request } from './connection.ts';

/** Layouts: the message definitions of Apache Kafka, in their last versions without compact types. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a broker says of one partition; 0 is no error. */
export interface PartitionAnswer extends TopicPartition {
  readonly error: number;
}

export interface ClusterMap {
  readonly brokers: ReadonlyMap<number, Address>;
  readonly topics: ReadonlyMap<string, TopicMap>;
}

/** By partition; the leader is -1 where there is none, and its epoch grows with every election. */
export interface TopicMap {
  readonly error: number;
  readonly leaders: readonly number[];
  readonly leaderEpochs: readonly number[];
}

const NO_EPOCH = -1;
const CONSUMER = -1;

export const metadata = (topics: readonly string[]): Request<ClusterMap> => ({
  api: 3,
  version: 7,
  write: (body) => body.array(topics, (topic) => body.string(topic)).int8(0),
  read: (body) => {
    body.int32();
    const brokers = body.array(() => {
      const broker = [body.int32(), { host: body.string(), port: body.int32() }] as const;
      body.nullableString();
      return broker;
    });
    body.nullableString();
    body.int32();
    return { brokers: new Map(brokers), topics: new Map(body.array(() => topicOf(body))) };
  },
});

function topicOf(body: ByteReader) {
  const error = body.int16();
  const topic = body.string();
  body.int8();
  const [leaders, leaderEpochs]: [number[], number[]] = [[], []];
  body.array(() => {
    body.int16();
    const partition = body.int32();
    leaders[partition] = body.int32();
    leaderEpochs[partition] = body.int32();
    for (let list = 0; list < 3; list++) body.array(() => body.int32());
  });
  return [topic, { error, leaders, leaderEpochs }] as const;
}

/** Isolation levels of the protocol. */
export const UNCOMMITTED = 0;
export const COMMITTED = 1;
/** Timestamps that stand for an end of the log. */
export const EARLIEST = -2n;
export const LATEST = -1n;

export interface OffsetAnswer extends PartitionAnswer {
  readonly offset: bigint;
}

export const listOffsets = (
  partitions: readonly TopicPartition[],
  isolation: number,
  timestamp: bigint,
): Request<OffsetAnswer[]> => ({
  api: 2,
  version: 5,
  write: (body) => {
    body.int32(CONSUMER).int8(isolation);
    byTopic(body, partitions, ({ partition }) => body.int32(partition).int32(NO_EPOCH).int64(timestamp));
  },
  read: (body) => {
    body.int32();
    return eachPartition(body, (at) => {
      const error = body.int16();
      body.int64();
      const offset = body.int64();
      body.int32();
      return { ...at, error, offset };
    });
  },
});

export interface Position extends TopicPartition {
  readonly offset: bigint;
}

export interface FetchAnswer extends PartitionAnswer {
  readonly logStart: bigint;
  /** Whole record batches; the last one may be cut off. */
  readonly records: Buffer;
}

export interface FetchSize {
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

/** Reads uncommitted, with the control batches. Asks outside of any fetch session (KIP-227). */
export const fetch = (positions: readonly Position[], size: FetchSize): Request<FetchAnswer[]> => ({
  api: 1,
  version: 11,
  write: (body) => {
    const maxWaitMs = 100;
    body.int32(CONSUMER).int32(maxWaitMs).int32(1).int32(size.maxBytes).int8(UNCOMMITTED).int32(0).int32(-1);
    byTopic(body, positions, ({ partition, offset }) =>
      body.int32(partition).int32(NO_EPOCH).int64(offset).int64(-1n).int32(size.maxPartitionBytes),
    );
    body.int32(0).string('');
  },
  read: (body) => {
    body.int32();
    body.int16();
    body.int32();
    return eachPartition(body, (at) => {
      const error = body.int16();
      body.int64();
      body.int64();
      const logStart = body.int64();
      body.array(() => [body.int64(), body.int64()]);
      body.int32();
      return { ...at, error, logStart, records: body.sized() };
    });
  },
});

export const findCoordinator = (group: string): Request<{ error: number; address: Address }> => ({
  api: 10,
  version: 2,
  write: (body) => body.string(group).int8(0),
  read: (body) => {
    body.int32();
    const error = body.int16();
    body.nullableString();
    body.int32();
    return { error, address: { host: body.string(), port: body.int32() } };
  },
});

/** Committed positions; -1 where there is none. */
export const offsetFetch = (
  group: string,
  partitions: readonly TopicPartition[],
): Request<{ error: number; positions: OffsetAnswer[] }> => ({
  api: 9,
  version: 5,
  write: (body) => {
    body.string(group);
    byTopic(body, partitions, ({ partition }) => body.int32(partition));
  },
  read: (body) => {
    body.int32();
    const positions = eachPartition(body, (at) => {
      const offset = body.int64();
      body.int32();
      body.nullableString();
      return { ...at, offset, error: body.int16() };
    });
    return { positions, error: body.int16() };
  },
});

function byTopic<T extends TopicPartition>(
  body: ByteWriter,
  partitions: readonly T[],
  write: (partition: T) => void,
): void {
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)];
  body.array(topics, ([topic, ofTopic]) => body.string(topic).array(ofTopic, write));
}

function eachPartition<T>(body: ByteReader, read: (at: TopicPartition) => T): T[] {
  return body
    .array(() => {
      const topic = body.string();
      return body.array(() => read({ topic, partition: body.int32() }));
    })
    .flat();
}
