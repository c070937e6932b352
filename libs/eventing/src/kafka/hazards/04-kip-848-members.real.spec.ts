import { afterAll, describe, expect, it } from '@jest/globals';
import { encoded, type Exchange } from '../client/kafkajs.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { committedOffset } from '../groups/stored-positions.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { record, scratchClient, scratchTopic, until } from '../../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../../fixtures/scratch-group.ts';

const JOIN = 0;
const LEAVE = -1;

/** ConsumerGroupHeartbeat version 0 (KIP-848). Answers an error code. */
function heartbeat848(group: string, epoch: typeof JOIN | typeof LEAVE, topic: string): Exchange {
  const joining = epoch === JOIN;
  const writer = new Writer().uvarint(0).compactString(group).compactString('modern').int32(epoch);
  writer
    .compactString(null)
    .compactString(null)
    .int32(joining ? 60_000 : -1);
  if (joining) writer.uvarint(2).compactString(topic).compactString(null).uvarint(1);
  else writer.uvarint(0).compactString(null).uvarint(0);
  writer.uvarint(0);
  const decode = async (bytes: Buffer) => {
    const reader = new Reader(bytes);
    reader.tags();
    reader.int32();
    return reader.int16();
  };
  return {
    request: { apiKey: 68, apiVersion: 0, apiName: 'ConsumerGroupHeartbeat', encode: encoded(writer) },
    response: { decode, parse: async (decoded) => decoded },
  };
}

describe('hazard 4: a member of the KIP-848 protocol', () => {
  const client = scratchClient();
  afterAll(() => client.close());

  it.concurrent.each([['first'], ['second']])('is refused when it comes %s', async (when) => {
    const topic = await scratchTopic(client, 2);
    const group = await scratchGroup(client, topic);
    const node = await client.coordinator('group', group);
    const modern = (epoch: typeof JOIN | typeof LEAVE) =>
      client.exchange<number>(node, heartbeat848(group, epoch, topic));
    const handled: string[] = [];
    const start = () =>
      runGroup(client, {
        group,
        topic,
        handle: async (records) => {
          handled.push(...records.map(({ value }) => String(value)));
          return { output: [] };
        },
      });
    let consumer: ReturnType<typeof start>;
    if (when === 'first') {
      expect(await modern(JOIN)).toBe(0);
      consumer = start();
    } else {
      consumer = start();
      await until(() => consumer.status.joined);
      expect(await modern(JOIN)).toBe(0);
    }
    try {
      await until(() => consumer.logged.some((line) => line.includes('members of another kind')));
      const appender = new LogAppender(client);
      await Promise.all([0, 1].map((partition) => appender.append(record(topic, 'x', partition))));
      expect(handled).toEqual([]);
      expect(await modern(LEAVE)).toBe(0);
      for (const partition of [0, 1])
        await until(async () => (await committedOffset(client, group, topic, partition)) === 1n);
    } finally {
      await modern(LEAVE);
      await consumer.stop();
    }
  });
});
