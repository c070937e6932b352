import { encoded, type Exchange } from '../client/kafkajs.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** A marker that ends, in one partition, whatever the producer has open there. */
export interface TransactionMarker {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  /** The broker refuses an epoch that is older than the producer's last one in this partition. */
  readonly producerEpoch: number;
  /** The broker refuses one that is older than that of the producer's last marker in this partition. */
  readonly coordinatorEpoch: number;
  readonly commit: boolean;
}

const WRITE_TXN_MARKERS = 27;

/** WriteTxnMarkers version 1 (KIP-664), to the leader of the partition. Resolves to an error code. Needs ALTER on the cluster. */
export function writeTxnMarkerExchange(marker: TransactionMarker): Exchange {
  const writer = new Writer().uvarint(0).uvarint(2).int64(marker.producerId).int16(marker.producerEpoch);
  writer
    .int8(marker.commit ? 1 : 0)
    .uvarint(2)
    .compactString(marker.topic);
  writer.uvarint(2).int32(marker.partition).uvarint(0);
  writer.int32(marker.coordinatorEpoch).uvarint(0).uvarint(0);
  return {
    request: {
      apiKey: WRITE_TXN_MARKERS,
      apiVersion: 1,
      apiName: 'WriteTxnMarkers',
      encode: encoded(writer),
    },
    response: { decode: async (bytes) => decode(new Reader(bytes)), parse: async (decoded) => decoded },
  };
}

const CLUSTER_AUTHORIZATION_FAILED = 31;

/** A broker that refuses the request as a whole answers without markers, or with the error in each of them. */
function decode(reader: Reader): number {
  reader.tags();
  const codes = reader.compactArray(() => {
    reader.int64();
    const topics = reader.compactArray(() => {
      reader.compactString();
      const partitions = reader.compactArray(() => {
        reader.int32();
        const code = reader.int16();
        reader.tags();
        return code;
      });
      reader.tags();
      return partitions;
    });
    reader.tags();
    return topics.flat();
  });
  return codes.flat()[0] ?? CLUSTER_AUTHORIZATION_FAILED;
}
