import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client.ts';
import { committedOffset, logEnd, stableEnd } from '../positions.ts';
import { TransactionalProducer } from '../transactional-producer.ts';
import {
  joinedMember,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../testing/scratch-broker.ts';

describe('hazards 5 and 14: after a failed transaction the producer is spent, and nothing of it counts', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('refuses to go on without a new epoch, frees the partition, and leaves the position where it was', async () => {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    let failing = true;
    const failpoint = async (name: string) => {
      if (failing && name === 'before-commit') throw new Error('the connection broke');
    };
    const producer = new TransactionalProducer(client.sibling('producer'), {
      transactionalId: scratchName('tx'),
      failpoint,
    });
    const position = { group, topic, partition: 0, offset: 5n, ...member.membership };

    await producer.fence();
    await expect(producer.transact([record(topic, 'lost')], position)).rejects.toThrow(
      'the connection broke',
    );
    expect(await committedOffset(client, group, topic, 0)).toBe(-1n);
    expect(await stableEnd(client, topic, 0)).toBe(await logEnd(client, topic, 0));

    failing = false;
    await expect(producer.transact([record(topic, 'x')], position)).rejects.toMatchObject({
      code: 'NOT_FENCED',
    });
    await producer.fence();
    await producer.transact([record(topic, 'kept')], position);
    expect(await committedOffset(client, group, topic, 0)).toBe(5n);
    await member.stop();
  });
});

describe('hazard 8: transactions one after the other', () => {
  it('commit, although the coordinator is still ending the one before', async () => {
    const client = scratchClient();
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    const producer = new TransactionalProducer(client, { transactionalId: scratchName('tx') });
    await producer.fence();
    for (let offset = 1n; offset <= 100n; offset++) {
      await producer.transact([record(topic, 'x')], {
        group,
        topic,
        partition: 0,
        offset,
        ...member.membership,
      });
    }
    expect(await committedOffset(client, group, topic, 0)).toBe(100n);
    await member.stop();
    await client.close();
  });
});
