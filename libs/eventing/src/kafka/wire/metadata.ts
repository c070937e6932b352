import { encoded, type Exchange } from '../client/kafkajs.ts';
import type { Leader } from '../client/leader-epochs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

export interface ClusterMetadata {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly nodes: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly TopicMetadata[];
}

export interface TopicMetadata {
  readonly errorCode: number;
  readonly name: string;
  /** The topic's own id (KIP-516), as hex: another one after the topic was deleted and created again. */
  readonly id: string;
  /** By partition. */
  readonly leaders: readonly Leader[];
}

/**
 * Metadata version 12: KafkaJS stops at 6, which knows no topic ids. Flexible versions (KIP-482) end the
 * request header with tagged fields and begin the answer with some.
 */
export function metadataExchange(topics: readonly string[]): Exchange {
  const writer = new Writer().uvarint(0).uvarint(topics.length + 1);
  for (const topic of topics) writer.raw(Buffer.alloc(16)).compactString(topic).uvarint(0);
  writer.int8(0).int8(0).uvarint(0);
  return {
    request: { apiKey: 3, apiVersion: 12, apiName: 'Metadata', encode: encoded(writer) },
    response: {
      decode: async (bytes) => decodeMetadata(new Reader(bytes)),
      parse: async (decoded) => decoded,
    },
  };
}

function decodeMetadata(reader: Reader): ClusterMetadata {
  reader.tags();
  reader.int32();
  const nodes = reader.compactArray(() => {
    const node = { id: reader.int32(), host: reader.compactString() ?? '', port: reader.int32() };
    reader.compactString();
    reader.tags();
    return node;
  });
  const clusterId = reader.compactString() ?? '';
  const controllerId = reader.int32();
  const topics = reader.compactArray(() => decodeTopic(reader));
  return { clusterId, controllerId, nodes, topics };
}

function decodeTopic(reader: Reader): TopicMetadata {
  const errorCode = reader.int16();
  const name = reader.compactString() ?? '';
  const id = reader.raw(16).toString('hex');
  reader.int8();
  const partitions = reader.compactArray(() => decodePartition(reader));
  reader.int32();
  reader.tags();
  const leaders: Leader[] = [];
  for (const { index, leader } of partitions) leaders[index] = leader;
  return { errorCode, name, id, leaders };
}

function decodePartition(reader: Reader): { index: number; leader: Leader } {
  reader.int16();
  const index = reader.int32();
  const leader = { nodeId: reader.int32(), epoch: reader.int32() };
  for (let list = 0; list < 3; list++) reader.compactArray(() => reader.int32());
  reader.tags();
  return { index, leader };
}
