import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { brokers, scratchClient, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { modules, printed } from './child.ts';

describe('hazard 15: timers for the past', () => {
  let client: KafkaClient;
  let topic: string;
  beforeAll(async () => {
    client = scratchClient();
    topic = await scratchTopic(client);
  });
  afterAll(() => client.close());

  it('are not armed by three hundred requests', async () => {
    const program = `
      import { logEnd } from ${modules.positions};
      import { scratchClient } from ${modules.broker};
      const client = scratchClient();
      for (let i = 0; i < 100; i++)
        await Promise.all([0, 1, 2].map(() => logEnd(client, '${topic}', 0)));
      await client.close();
      console.log('done');`;
    expect(await printed(program, brokers)).toBe('done\n');
  });

  it('are what Node warns of when KafkaJS is left as it is (negative control)', async () => {
    const program = `
      import { Kafka, logLevel } from 'kafkajs';
      const brokers = process.env.KAFKA_BROKERS.split(',');
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      for (let i = 0; i < 10; i++) await admin.fetchTopicOffsets('${topic}');
      await admin.disconnect();
      console.log('done');`;
    const output = await printed(program, brokers);
    expect(output).toContain('TimeoutNegativeWarning');
    expect(output).toContain('done');
  });
});
