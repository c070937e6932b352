import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Writer } from '../wire/writer.ts';
import { api, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { scratchClient, scratchName, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { modules, printed } from './child.ts';

const COORDINATOR_NOT_AVAILABLE = 15;

describe('hazard 22: a first start looks clean', () => {
  let proxy: RefusingProxy;
  let topic: string;
  beforeEach(async () => {
    const client = scratchClient();
    topic = await scratchTopic(client);
    await client.close();
    proxy = await RefusingProxy.start();
    proxy.refuse(api.coordinator, stillLoading, 3);
  });
  afterEach(() => proxy.close());

  it('prints nothing while the coordinator of a new group is loading', async () => {
    const program = `
      import { joinedMember, scratchClient } from ${modules.broker};
      const client = scratchClient();
      const member = await joinedMember(client, '${scratchName('new')}', '${topic}');
      await member.stop();
      await client.close();`;
    expect(await printed(program, proxy.brokers)).toBe('');
    expect(proxy.seen.filter(({ refused }) => refused)).toHaveLength(3);
  });

  it('although KafkaJS prints errors about it, and joins all the same (negative control)', async () => {
    const program = `
      import { Kafka } from 'kafkajs';
      const brokers = process.env.KAFKA_BROKERS.split(',');
      const consumer = new Kafka({ brokers }).consumer({ groupId: '${scratchName('new')}' });
      const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
      await consumer.connect();
      await consumer.subscribe({ topic: '${topic}' });
      await consumer.run({ eachMessage: async () => undefined });
      await joined;
      await consumer.disconnect();`;
    const output = await printed(program, proxy.brokers);
    expect(output).toContain('"level":"ERROR"');
    expect(output).toContain('The group coordinator is not available');
  });
});

/** FindCoordinator versions 1 and 2. */
function stillLoading(): Buffer {
  const writer = new Writer().int32(0).int16(COORDINATOR_NOT_AVAILABLE).string(null);
  return writer.int32(-1).string('').int32(-1).slice(0);
}
