import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { record, scratchClient, scratchName } from '../../../fixtures/scratch-broker.ts';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { topicDifferences } from './topic-differences.ts';
import { createTopics, raiseLimits } from './topics.ts';

describe('topics', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('of an earlier release take larger batches where the catalogue asks for it, and are otherwise as they were', async () => {
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
    const differences = async () => {
      const found = await topicDifferences(client, { topics: wanted.slice(0, 2), groups: [] });
      return found.map(({ kind, text }) => `${kind}: ${text}`);
    };
    const larger = `wrong: ${lowered.name} has max.message.bytes 1000000, not 500000: set it to that`;
    expect(await differences()).toEqual([
      `wrong: ${raised.name} has max.message.bytes 1000000, not 33619968: run the deployment step, which raises it`,
      larger,
    ]);
    expect(await raiseLimits(client, wanted)).toEqual([`${raised.name} takes 33619968 bytes at once now`]);
    expect(await raiseLimits(client, wanted)).toEqual([]);
    expect(await differences()).toEqual([larger]);
  });

  it('that are compacted take no record without a key', async () => {
    const name = scratchName('compacted');
    const topic = {
      name,
      partitions: 1,
      retentionMs: -1,
      compacted: true,
      maxMessageBytes: 1_000,
      writers: [],
    };
    await createTopics(client, [topic], { factor: 1, minInSync: 1 });
    await expect(new LogAppender(client).append({ ...record(name, 'x'), key: null })).rejects.toThrow();
  });
});
