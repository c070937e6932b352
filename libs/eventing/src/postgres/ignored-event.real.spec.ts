import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Projecting } from '../../fixtures/projecting.ts';
import { there } from '../../fixtures/there.ts';
import { until } from '../../fixtures/until.ts';
import { decisionRecord } from '../ignored/ignored-record.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';

describe('undecodable bytes on an events topic, for a projection', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting | undefined;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterEach(() => projection?.ringing.stop());
  afterAll(async () => {
    await model.drop();
  });

  it('are set aside where they were met, and left out by each rebuild after they were decided about', async () => {
    const name = 'decisions';
    const topic = { name, partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] };
    const ignored = new IgnoredRecords(topic, () => undefined);
    const group = (projection = await Projecting.of(model.database, () => undefined));
    const { cluster } = group.ringing.host;
    cluster.broker.topics.create(name, 1);
    const odd = { topic: group.events, partition: 0, key: Buffer.from('a'), value: Buffer.from('odd') };
    await group.ringAll('a1');
    const offset = await group.ringing.append({ ...odd, headers: [] });
    await group.ringAll('b1', 'a2');
    await group.start({ ignored });
    await until(async () => (await group.position()) === offset + 3n);
    await until(async () => (await group.deadLetters()).length === 1);
    expect([await group.seen(), await group.parked()]).toEqual([['a1', 'b1'], ['a']]);

    const { id: topicId } = await cluster.log.topic(group.events);
    const place = { topic: group.events, topicId, partition: 0, offset, lastOffset: offset };
    await group.ringing.append(decisionRecord(name, { ...place, operator: 'ada', reason: 'a console tool' }));
    await group.ringing.pause();
    await group.start({ ignored });
    await group.ringAll('a3');
    await until(async () => (await group.position()) === offset + 4n);
    // What was set aside before the decision is as it was: it has a dead letter of its own to be decided about.
    expect([await group.seen(), await group.parked()]).toEqual([['a1', 'b1'], ['a']]);
    await group.ringing.discard(there((await group.deadLetters())[0]));
    await until(async () => (await group.seen()).length === 4);
    expect(await group.seen()).toEqual(['a1', 'b1', 'a2', 'a3']);

    for (let rebuilt = 0; rebuilt < 2; rebuilt++) {
      await group.ringing.pause();
      await sql`delete from seen where projection = ${group.group}`.execute(model.database);
      await sql`update eventing.projection_positions set next_offset = 0
        where projection = ${group.group} and topic = ${group.events}`.execute(model.database);
      await group.start({ ignored });
      await until(async () => (await group.seen()).length === 4);
      expect(await group.seen()).toEqual(['a1', 'b1', 'a2', 'a3']);
      expect([await group.parked(), (await group.deadLetters()).length]).toEqual([[], 1]);
    }
  });
});
