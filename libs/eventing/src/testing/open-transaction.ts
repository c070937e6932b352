import type { KafkaClient } from '../kafka/client.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { TransactionalProducer } from '../kafka/transactional-producer.ts';
import { joinedMember, scratchName, scratchTopic } from './scratch-broker.ts';
import { scratchGroup } from './scratch-group.ts';

/** Writes records in a transaction that stays open until it is told to commit, 20 seconds at most. */
export async function openTransaction(
  client: KafkaClient,
  records: readonly OutgoingRecord[],
): Promise<{ readonly group: string; commit(): Promise<void> }> {
  const topic = await scratchTopic(client);
  const group = await scratchGroup(client, topic);
  const member = await joinedMember(client, group, topic);
  const [written, committing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const producer = new TransactionalProducer(client, {
    transactionalId: scratchName('open'),
    transactionTimeoutMs: 20_000,
    failpoint: async (name) => {
      if (name !== 'before-commit') return;
      written.resolve();
      await committing.promise;
    },
  });
  await producer.fence();
  const position = { group, topic, partition: 0, offset: 0n, ...member.membershipOf(topic, 0) };
  const transaction = producer.transact(records, position);
  await Promise.race([written.promise, transaction]);
  const commit = async () => {
    committing.resolve();
    await transaction;
    await member.stop();
  };
  return { group, commit };
}
