import { describe, expect, it } from '@jest/globals';
import { LogAppender } from '../log-appender.ts';
import { record, scratchClient, scratchName } from '../../testing/scratch-broker.ts';

describe('hazard 21: using a topic never creates it', () => {
  it('neither by asking for it nor by writing to it', async () => {
    const client = scratchClient();
    const topic = scratchName('never-deployed');
    await expect(client.topic(topic)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await expect(new LogAppender(client, 300).append(record(topic, 'x'))).rejects.toBeDefined();
    await expect(scratchClient().topic(topic)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await client.close();
  });
});
