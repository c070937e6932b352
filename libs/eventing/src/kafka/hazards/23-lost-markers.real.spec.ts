import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { committedOffset, logEnd, stableEnd } from '../groups/stored-positions.ts';
import { createTopics } from '../topics/topics.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { OwnBrokers } from '../../../fixtures/own-brokers.ts';
import { joinedMember, record } from '../../../fixtures/scratch-broker.ts';

const kafkaVersion = process.env['KAFKA_VERSION'];
const VICTIM = 3;
/** Longer than any machine needs to notice that a broker is dead: the broker must not abort the transaction meanwhile. */
const TRANSACTION_MS = 600_000;

/**
 * KAFKA-20734: brokers 4.3.0 to 4.4.0 take a partition without a leader for one that was deleted, skip its marker, and complete
 * the transaction. `KAFKA_VERSION=4.3.1` has this spec run on such a broker, if it was fetched: then it fails.
 */
describe('hazard 23: brokers that lose markers', () => {
  const brokers = new OwnBrokers({
    brokers: 3,
    ...(kafkaVersion !== undefined && { kafkaVersion }),
  });

  it('this one writes the marker of a partition that had no leader when its transaction was committed', async () => {
    await createTopics(brokers.client, [topic('source')], { factor: 3, minInSync: 2 });
    await topicOn(VICTIM, 'lonely');
    const member = await joinedMember(brokers.client.sibling('member'), 'group', 'source');
    const producer = new TransactionalProducer(brokers.client, {
      transactionalId: await coordinatedElsewhere(),
      transactionTimeoutMs: TRANSACTION_MS,
      failpoint: async (name) => (name === 'before-commit' ? killAndWait() : undefined),
    });
    await producer.fence();
    const position = { group: 'group', topic: 'source', partition: 0, offset: 7n, ...member.membership };
    await producer.transact([{ records: [record('lonely', 'x')], position }]);
    await brokers.start(VICTIM);
    await until('the group stands at 7', async () => (await positionOf('group')) === 7n);
    await until('nothing is hidden', async () => {
      const [stable, end] = await Promise.all([
        stableEnd(brokers.client, 'lonely', 0),
        logEnd(brokers.client, 'lonely', 0),
      ]);
      return stable === end && end >= 2n;
    });
    expect(await stableEnd(brokers.client, 'lonely', 0)).toBe(2n);
    await member.stop();
  });

  const topic = (name: string) => ({
    name,
    partitions: 1,
    retentionMs: -1,
    maxMessageBytes: 1_048_588,
    writers: [],
  });
  const positionOf = (group: string) => committedOffset(brokers.client, group, 'source', 0);

  /** A topic that only this broker has: without the broker it has no leader. */
  async function topicOn(broker: number, name: string): Promise<void> {
    await brokers.client.call(await brokers.client.controller(), 'CreateTopics', {
      topics: [
        {
          topic: name,
          numPartitions: -1,
          replicationFactor: -1,
          replicaAssignment: [{ partition: 0, replicas: [broker] }],
          configEntries: [{ name: 'min.insync.replicas', value: '1' }],
        },
      ],
      timeout: 30_000,
    });
    await until(`${name} has a leader`, () => leads(name));
  }

  async function leads(name: string): Promise<boolean> {
    brokers.client.forget();
    return brokers.client.leader(name, 0).then(
      () => true,
      () => false,
    );
  }

  async function coordinatedElsewhere(): Promise<string> {
    for (let number = 0; ; number++) {
      const id = `producer-${number}`;
      let node = -1;
      await until('there is a coordinator', async () => {
        node = await brokers.client.coordinator('transaction', id).catch(() => -1);
        return node >= 0;
      });
      if (node !== VICTIM) return id;
    }
  }

  async function killAndWait(): Promise<void> {
    await brokers.kill(VICTIM);
    await until('the partition has no leader', async () => !(await leads('lonely')));
  }
});

/** Five minutes are far more than a broker needs to be missed, and to be back. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 300_000; !(await condition()); await sleep(50))
    if (Date.now() > deadline) throw new Error(`Not within five minutes: ${what}`);
}
