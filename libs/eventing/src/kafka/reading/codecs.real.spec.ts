import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compressSync } from 'snappy';
import { foreignBatch, send } from '../../../fixtures/foreign-batch.ts';
import { consumeLines, produceLines } from '../../../fixtures/java-tools.ts';
import { readAll } from '../../../fixtures/log-reading.ts';
import {
  brokers,
  patience,
  record,
  scratchClient,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { KafkaLog } from './kafka-log.ts';
import { KafkaClient } from '../client/client.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { logEnd } from '../groups/stored-positions.ts';
import { readBatches } from './read-batches.ts';
import { type Codec, CODECS } from '../wire/compression.ts';
import { setTopicConfigExchange } from '../wire/incremental-alter-configs.ts';

const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `line ${n}: ${'Grüße '.repeat(n % 40)}.`);

describe('the codecs of record batches', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  const texts = async (topic: string) =>
    (await readAll(new KafkaLog(client), topic)).map(({ value }) => String(value));

  async function codecsIn(topic: string): Promise<string[]> {
    const range = { from: 0n, to: await logEnd(client, topic, 0), signal: patience() };
    const found = new Set<string>();
    for await (const { codec } of readBatches(client, topic, 0, range)) found.add(codec);
    return [...found];
  }

  it.each(CODECS)(
    'of Kafka’s own client are read: %s (lz4 and snappy stopped the partition)',
    async (codec) => {
      const topic = await scratchTopic(client);
      const written = lines(2_000);
      await produceLines(topic, codec, written);
      expect(await codecsIn(topic)).toEqual([codec]);
      expect(await texts(topic)).toEqual(written);
    },
  );

  it('are written so that Kafka’s own client reads them', async () => {
    const topic = await scratchTopic(client);
    const written: string[] = [];
    for (const compression of CODECS) {
      const writer = new KafkaClient({ brokers, clientId: 'writer', compression });
      const appender = new LogAppender(writer);
      const own = lines(1_000).map((line) => `${compression} ${line}`);
      await Promise.all(own.map((line) => appender.append(record(topic, line))));
      await writer.close();
      written.push(...own);
    }
    expect(await codecsIn(topic)).toEqual([...CODECS]);
    expect(await consumeLines(topic, written.length)).toEqual(written);
    expect(await texts(topic)).toEqual(written);
  });

  it('include a block of snappy without the frame of Java, as other clients write it', async () => {
    const topic = await scratchTopic(client);
    const written = lines(200);
    const records = written.map((line) => record(topic, line));
    await send(
      client,
      topic,
      foreignBatch(records, 'snappy', (bytes) => compressSync(bytes)),
    );
    expect(await texts(topic)).toEqual(written);
  });

  it.each<Codec>(['lz4', 'zstd'])(
    'are the broker’s where a topic says so: compression.type=%s',
    async (codec) => {
      const topic = await scratchTopic(client);
      const setting = setTopicConfigExchange('compression.type', new Map([[topic, codec]]));
      await client.exchange(await client.controller(), setting);
      const appender = new LogAppender(client);
      // The controller answers before the broker has heard of it.
      await until(async () => {
        await appender.append(record(topic, 'not yet'));
        return (await codecsIn(topic)).includes(codec);
      });
      const written = lines(300);
      await Promise.all(written.map((line) => appender.append(record(topic, line))));
      expect((await codecsIn(topic)).at(-1)).toBe(codec);
      expect((await texts(topic)).slice(-written.length)).toEqual(written);
    },
  );
});
