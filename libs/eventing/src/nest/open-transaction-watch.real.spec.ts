import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { afterAll, expect, it } from '@jest/globals';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { plainKafka } from '../kafka/hazards/plain-kafka.ts';
import { readBatches } from '../kafka/reading/read-batches.ts';
import { logEnd } from '../kafka/groups/stored-positions.ts';
import { openTransaction } from '../../fixtures/log-reading.ts';
import { record, scratchClient, scratchName, scratchTopic, until } from '../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../fixtures/scratch-group.ts';
import { endTransaction } from '../hanging-transactions/end-transaction.ts';
import { EngineHealth } from './health.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';

/** All wait for as long as a partition may be held back before it is told, so they do at once. */
const client = scratchClient();
afterAll(() => client.close());

/** A topic that a group reads, and what readiness says of the group. */
async function watched() {
  const topic = await scratchTopic(client);
  const group = await scratchGroup(client, topic);
  const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
    group,
    topics: [topic],
    processor: () => ({
      assign: async () => new Map([[topic, 0n]]),
      process: async () => [],
      abandon: async () => undefined,
      close: async () => undefined,
    }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const openTransactions = new OpenTransactionWatch();
  const health = new EngineHealth(openTransactions);
  const watch = () => openTransactions.watch(client, () => consumer.status.heldBack);
  consumer.start();
  health.watch([consumer]);
  watch();
  const ready = () => health.report().ready;
  await until(ready);
  const stop = async () => {
    openTransactions.stop();
    await consumer.stop();
  };
  return { topic, ready, reason: () => health.report().details[group]?.reason, watch, stop };
}

it.concurrent(
  'readiness names the producer whose open transaction holds a partition back, since when, and how much waits',
  async () => {
    const { topic, ready, reason, stop } = await watched();
    const transaction = await openTransaction(new KafkaCluster(client), [
      record(topic, 'x'),
      record(topic, 'y'),
    ]);
    const producerId = await firstProducer(topic);
    await until(() => reason()?.includes(`producer ${producerId}`) ?? false);
    expect(reason()).toMatch(
      new RegExp(
        `^${topic}-0 is held back at offset 0 for \\d+ s, 2 offsets wait: producer ${producerId}, epoch 0 \\(open-\\w+\\) has a transaction open on ${topic}-0 since 20[-\\dT:.]+Z, from offset 0 on \\(2 offsets wait\\)$`,
      ),
    );
    await transaction.commit();
    await until(ready);
    await stop();
  },
);

it.concurrent(
  'readiness names a foreign producer that has a transaction open on commands, until an operator ends it (orders were pending, readiness silent)',
  async () => {
    const { topic, ready, reason, stop } = await watched();
    const transactionalId = scratchName('foreign');
    const producer = plainKafka().producer({ transactionalId, transactionTimeout: 900_000 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ partition: 0, value: 'x' }] });
    const producerId = await firstProducer(topic);
    await until(() => reason()?.includes(`producer ${producerId}, epoch 0 (${transactionalId})`) ?? false);
    expect(reason()).toMatch(new RegExp(`^${topic}-0 is held back .* since 20[-\\dT:.]+Z, from offset 0 on`));
    const ended = await endTransaction(client, { topic, partition: 0, producerId }, 'abort');
    expect(ended.type).toBe('ended');
    await until(ready);
    await expect(transaction.commit()).rejects.toThrow();
    await producer.disconnect();
    await stop();
  },
);

it.concurrent(
  'readiness names it where two groups of a process are held back on one partition (projections told only that one is open)',
  async () => {
    const { topic, ready, reason, watch, stop } = await watched();
    watch();
    const transaction = await openTransaction(new KafkaCluster(client), [record(topic, 'x')]);
    const producerId = await firstProducer(topic);
    await until(() => reason()?.includes(`producer ${producerId}`) ?? false);
    await transaction.commit();
    await until(ready);
    await stop();
  },
);

async function firstProducer(topic: string): Promise<bigint> {
  const range = { from: 0n, to: await logEnd(client, topic, 0), signal: AbortSignal.timeout(30_000) };
  for await (const batch of readBatches(client, topic, 0, range)) return batch.producerId;
  throw new Error(`${topic} is empty`);
}
