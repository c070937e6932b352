import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scratchClient, scratchName } from '../testing/scratch-broker.ts';
import type { KafkaClient } from './client.ts';
import { createTopics, raiseLimits, topicDifferences } from './topics.ts';

describe('topics of an earlier release', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('take larger batches where the catalogue asks for it, and are otherwise as they were', async () => {
    const topic = { partitions: 1, retentionMs: 60_000, maxMessageBytes: 1_000_000, writers: [] };
    const [raised, lowered] = [scratchName('raised'), scratchName('lowered')].map((name) => ({
      ...topic,
      name,
    }));
    if (!raised || !lowered) throw new Error('There are two');
    await createTopics(client, [raised, lowered], { factor: 1, minInSync: 1 });
    const wanted = [
      { ...raised, maxMessageBytes: 33_619_968 },
      { ...lowered, maxMessageBytes: 500_000 },
      { ...topic, name: scratchName('missing') },
    ];
    expect(await raiseLimits(client, wanted)).toEqual([raised.name]);
    expect(await raiseLimits(client, wanted)).toEqual([]);
    expect(await topicDifferences(client, wanted.slice(0, 2))).toEqual([
      `${lowered.name} has max.message.bytes 1000000, not 500000`,
    ]);
  });
});
