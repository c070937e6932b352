import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { check, isHanging } from '../../harness/checks/hanging.ts';
import { Connection, type Request } from '../../harness/log/connection.ts';
import { StableOffsets } from '../../harness/log/stable-offsets.ts';
import { TransactionWatch } from './transaction-watch.ts';

const bootstrap = process.env['KAFKA_BROKERS'] ?? '';
const topic = `followed-${randomUUID().slice(0, 8)}`;
const kafka = new Kafka({
  brokers: bootstrap.split(','),
  clientId: 'watch-spec',
  logLevel: logLevel.NOTHING,
});
const admin = kafka.admin();
const transactionalId = `watch-${randomUUID()}`;
const producer: Producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, idempotent: true });
const message = { topic, messages: [{ partition: 0, value: 'value' }] };

interface WrittenByHand {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly commit: boolean;
}

/** WriteTxnMarkers (KIP-664), for one producer in one partition. */
const writeMarker = ({ producerId, epoch, commit }: WrittenByHand): Request<void> => ({
  api: 27,
  version: 1,
  flexible: true,
  write: (body) => {
    body.compactArray([0], () => {
      body
        .int64(producerId)
        .int16(epoch)
        .int8(commit ? 1 : 0);
      body.compactArray([topic], () =>
        body
          .compactString(topic)
          .compactArray([0], (partition) => body.int32(partition))
          .tags(),
      );
      body.int32(0).tags();
    });
    body.tags();
  },
  read: () => undefined,
});

async function transact(outcome: 'commit' | 'abort'): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send(message);
  await transaction[outcome]();
}

/** Waits until a partition stands still, and its leader has said who has it open. */
async function openAtLeader(stable: StableOffsets): Promise<{ producerId: bigint; epoch: number }> {
  for (;;) {
    await stable.look();
    const owner = stable.standing[0]?.open[0];
    if (owner) return owner;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic, numPartitions: 2, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  await producer.connect();
  await transact('commit');
});

afterAll(async () => {
  await producer.disconnect();
  await admin.disconnect();
});

describe('a watch of transactions on a broker', () => {
  it('finds each ended by its coordinator, as it had decided', async () => {
    const watch = await TransactionWatch.start(bootstrap, [topic]);
    for (const outcome of ['commit', 'abort', 'commit'] as const) await transact(outcome);
    const found = await watch.end(Date.now());
    const seen = found.parts.map(({ place, transaction, end }) => [
      place,
      transaction?.transactionalId,
      end?.by,
      end?.outcome,
    ]);
    expect(seen).toEqual(
      ['commit', 'abort', 'commit'].map((outcome) => [`${topic}-0`, transactionalId, 'coordinator', outcome]),
    );
    expect(check(found, 'none')).toEqual([]);
  });

  it('finds a marker that was written by hand, and who had the partition open before', async () => {
    const watch = await TransactionWatch.start(bootstrap, [topic]);
    const stable = new StableOffsets(bootstrap, [topic]);
    await transact('commit');
    const transaction = await producer.transaction();
    await transaction.send(message);
    const owner = await openAtLeader(stable);
    const [host = '', port] = bootstrap.split(':');
    const connection = new Connection({ host, port: Number(port) }, 5_000);
    await connection.request(writeMarker({ ...owner, commit: true }));
    await stable.look();
    expect(stable.standing).toEqual([]);
    for (const each of [connection, stable]) each.close();

    const found = await watch.end(Date.now());
    expect(found.parts.map(({ end }) => end?.by)).toEqual(['coordinator', 'hand']);
    expect(found.parts.filter(isHanging)).toEqual([]);
    expect(check(found, 'none')).toEqual([
      {
        kind: 'transaction-ended-early',
        by: 'hand',
        part: expect.stringContaining(`(${transactionalId})`),
      },
    ]);
    await transaction.commit();
  });
});
