import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { decisionRecord } from '../ignored/ignored-record.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { parkingProjection, type ParkingProjection } from '../testing/parking-projection.ts';
import { record, scratchClient, scratchTopic, until } from '../testing/scratch-broker.ts';
import { scratchReadModel } from '../testing/scratch-read-model.ts';
import { there } from '../testing/there.ts';

describe('undecodable bytes on an events topic, for a projection', () => {
  let client: KafkaClient;
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: ParkingProjection | undefined;
  beforeAll(async () => {
    client = scratchClient();
    model = await scratchReadModel();
  });
  afterEach(() => projection?.stop());
  afterAll(async () => {
    await model.drop();
    await client.close();
  });

  it('are set aside where they were met, and left out by each rebuild after they were decided about', async () => {
    const name = await scratchTopic(client);
    const topic = { name, partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] };
    const ignored = new IgnoredRecords(topic, () => undefined);
    const group = (projection = await parkingProjection(client, model.database, () => undefined, {
      ignored,
    }));
    await group.ringAll(['a1']);
    const offset = await group.appender.append({ ...record(group.events, 'odd'), key: Buffer.from('a') });
    for (const id of ['b1', 'a2']) await group.ringAll([id]);
    group.start();
    await until(async () => (await group.position()) === offset + 3n);
    await until(async () => (await group.deadLetters()).length === 1);
    expect([await group.seen(), await group.parked()]).toEqual([['a1', 'b1'], ['a']]);

    const { id: topicId } = await client.topic(group.events);
    const place = { topic: group.events, topicId, partition: 0, offset, lastOffset: offset };
    await group.appender.append(
      decisionRecord(name, { ...place, operator: 'ada', reason: 'a console tool' }),
    );
    await group.stop();
    group.start();
    await group.ringAll(['a3']);
    await until(async () => (await group.position()) === offset + 4n);
    // What was set aside before the decision is as it was: it has a dead letter of its own to be decided about.
    expect([await group.seen(), await group.parked()]).toEqual([['a1', 'b1'], ['a']]);
    await group.discard(there((await group.deadLetters())[0]));
    await until(async () => (await group.seen()).length === 4);
    expect(await group.seen()).toEqual(['a1', 'b1', 'a2', 'a3']);

    for (let rebuilt = 0; rebuilt < 2; rebuilt++) {
      await group.stop();
      await sql`delete from seen where projection = ${group.group}`.execute(model.database);
      await sql`update eventing.projection_positions set next_offset = 0
        where projection = ${group.group} and topic = ${group.events}`.execute(model.database);
      group.start();
      await until(async () => (await group.seen()).length === 4);
      expect(await group.seen()).toEqual(['a1', 'b1', 'a2', 'a3']);
      expect([await group.parked(), (await group.deadLetters()).length]).toEqual([[], 1]);
    }
  });
});
