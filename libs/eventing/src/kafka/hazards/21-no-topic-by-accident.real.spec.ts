import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { api, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { record, scratchClient, scratchName } from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

/**
 * Whether a broker creates the topics that a request asks about is its own setting, which is off here. So these
 * look at what is asked: the flag stands near the end of a Metadata request, before two more bytes since version 8.
 */
const mayCreate = (body: Buffer, bytesAfter: 0 | 2) => body.at(-1 - bytesAfter) === 1;

describe('hazard 21: using a topic never creates it', () => {
  let proxy: RefusingProxy;
  let client: KafkaClient;
  beforeEach(async () => {
    proxy = await RefusingProxy.start();
    client = proxy.client();
  });
  afterEach(async () => {
    await client.close();
    await proxy.close();
  });

  it('neither by asking for it nor by writing to it', async () => {
    const topic = scratchName('never-deployed');
    await expect(client.topic(topic)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await expect(new LogAppender(client, 300).append(record(topic, 'x'))).rejects.toBeDefined();
    const other = scratchClient();
    await expect(other.topic(topic)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await other.close();
  });

  it('because no request allows it', async () => {
    const topic = scratchName('never-deployed');
    await expect(new LogAppender(client, 300).append(record(topic, 'x'))).rejects.toBeDefined();
    const asked = requestsAbout(topic);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((body) => mayCreate(body, 2))).toEqual([]);
  });

  it('although KafkaJS allows it with every request (negative control)', async () => {
    const topic = scratchName('never-deployed');
    const producer = plainKafka({ brokers: proxy.brokers, retry: { retries: 0 } }).producer();
    await producer.connect();
    await expect(producer.send({ topic, messages: [{ value: 'x' }] })).rejects.toBeDefined();
    const asked = requestsAbout(topic);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((body) => !mayCreate(body, 0))).toEqual([]);
    await producer.disconnect();
  });

  function requestsAbout(topic: string): Buffer[] {
    const metadata = proxy.seen.filter(({ apiKey }) => apiKey === api.metadata);
    return metadata.map(({ body }) => body).filter((body) => body.includes(topic));
  }
});
