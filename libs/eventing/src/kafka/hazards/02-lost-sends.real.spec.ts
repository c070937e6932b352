import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { logEnd } from '../groups/stored-positions.ts';
import { Writer } from '../wire/writer.ts';
import { api, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import { record, scratchClient, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

/** A Produce answer that names no partition, up to version 7. */
const nothingWritten = () => new Writer().int32(0).int32(0).slice(0);

describe('hazard 2: a send that succeeds has written every record', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('fails for a partition that does not exist', async () => {
    const topic = await scratchTopic(client, 2);
    const appender = new LogAppender(client, 1_000);
    await expect(appender.append(record(topic, 'x', 7))).rejects.toMatchObject({
      message: expect.stringContaining('no partition 7'),
    });
  });

  it('answers where each record of each partition is', async () => {
    const topic = await scratchTopic(client, 3);
    const appender = new LogAppender(client);
    const partitions = Array.from({ length: 300 }, (_, index) => index % 3);
    const offsets = await Promise.all(
      partitions.map((partition) => appender.append(record(topic, 'x', partition))),
    );
    for (const partition of [0, 1, 2]) {
      const mine = offsets.filter((_, index) => partitions[index] === partition).map(Number);
      expect(mine).toEqual(Array.from({ length: 100 }, (_, offset) => offset));
      expect(await logEnd(client, topic, partition)).toBe(100n);
    }
  });

  it('fails when the answer does not say where the record is', async () => {
    const proxy = await RefusingProxy.start();
    const topic = await scratchTopic(client);
    const mine = proxy.client();
    proxy.refuse(api.produce, nothingWritten);
    await expect(new LogAppender(mine).append(record(topic, 'x'))).rejects.toMatchObject({
      code: 'NO_ACKNOWLEDGEMENT',
    });
    expect(await logEnd(client, topic, 0)).toBe(0n);
    await mine.close();
    await proxy.close();
  });

  it('although such an answer is a success to KafkaJS (negative control)', async () => {
    const proxy = await RefusingProxy.start();
    const topic = await scratchTopic(client);
    const producer = plainKafka({ brokers: proxy.brokers }).producer();
    await producer.connect();
    proxy.refuse(api.produce, nothingWritten);
    expect(await producer.send({ topic, messages: [{ value: 'x' }] })).toEqual([]);
    expect(await logEnd(client, topic, 0)).toBe(0n);
    await producer.disconnect();
    await proxy.close();
  });

  it('although KafkaJS drops a record for a partition that does not exist, and reports success (negative control)', async () => {
    const topic = await scratchTopic(client, 2);
    const producer = plainKafka().producer();
    await producer.connect();
    const answer = await producer.send({ topic, messages: [{ value: 'x', partition: 7 }] });
    await producer.disconnect();
    expect(answer).toEqual([]);
    expect(await logEnd(client, topic, 0)).toBe(0n);
    expect(await logEnd(client, topic, 1)).toBe(0n);
  });
});
