import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { deadLetterTopic, redriveTopic } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { FailpointName } from '../engine/failpoints.ts';
import { setTopicConfigExchange } from '../kafka/wire/incremental-alter-configs.ts';
import { joinedMember, patience, scratchClient, until } from '../testing/scratch-broker.ts';
import { there } from '../testing/there.ts';
import { parkingProjection, type ParkingProjection } from '../testing/parking-projection.ts';
import { scratchReadModel } from '../testing/scratch-read-model.ts';

describe('the dead letters of a projection', () => {
  let client: KafkaClient;
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: ParkingProjection | undefined;
  beforeAll(async () => {
    client = scratchClient();
    model = await scratchReadModel();
  });
  afterAll(async () => {
    await model.drop();
    await client.close();
  });
  afterEach(() => projection?.stop());

  const failing = async () =>
    (projection = await parkingProjection(client, model.database, (id) =>
      id.includes('bad') ? new Error('never') : undefined,
    ));
  const dies = (at: FailpointName) => async (name: FailpointName) => {
    if (name === at) throw new Error(`died ${at}`);
  };

  it.each(['before-rows-commit', 'after-rows-commit'] as const)(
    'are published once when the process dies %s',
    async (moment) => {
      const group = await failing();
      await group.ringAll(['a bad', 'b']);
      const consumer = group.start(dies(moment));
      await until(() => [...consumer.status.workers.values()][0]?.state === 'waiting');
      await group.stop();
      group.start();
      await until(async () => (await group.position()) === 2n && (await group.unpublished()) === 0);
      expect([await group.dead(), await group.told()]).toEqual([['a bad'], ['dead/a bad/0']]);
      expect([await group.seen(), await group.parked()]).toEqual([['b'], ['a']]);
    },
  );

  it('are published once when it dies between publishing them and taking them from the outbox', async () => {
    const group = await failing();
    await group.ringAll(['a bad', 'b']);
    await sql`create function stay() returns trigger language plpgsql as $$ begin raise 'stay'; end $$`.execute(
      model.database,
    );
    await sql`create trigger stay before delete on eventing.dead_letter_outbox
      execute function stay()`.execute(model.database);
    const consumer = group.start();
    await until(() => [...consumer.status.workers.values()][0]?.reason === 'stay');
    await group.stop();
    expect(await group.unpublished()).toBe(2);
    await sql`drop trigger stay on eventing.dead_letter_outbox`.execute(model.database);
    await group.ringAll(['c bad']);
    group.start();
    await until(async () => (await group.dead()).length > 1 && (await group.unpublished()) === 0);
    expect(await group.dead()).toEqual(['a bad', 'c bad']);
    expect(await group.told()).toEqual(['dead/a bad/0', 'dead/c bad/0']);
  });

  it('are published in several batches when they are too large for one', async () => {
    const group = await failing();
    const long = Array.from({ length: 30 }, (_, n) => `${String.fromCharCode(97 + n)}${n} bad`);
    const padding = ['padding', randomBytes(100_000)] as const;
    const lower = new Map([[deadLetterTopic(group.group, group.events), '1048588']]);
    await client.exchange(await client.controller(), setTopicConfigExchange('max.message.bytes', lower));
    for (const id of long) {
      const rung = group.Rung({ door: id, times: 1 });
      const record = group.builder.record(rung, { id, time: 1, correlationId: id });
      await group.appender.append({ ...record, headers: [...record.headers, padding] });
    }
    group.start();
    await until(async () => (await group.dead()).length === 30);
    expect(await group.dead()).toEqual(long);
    expect(await group.told()).toHaveLength(30);
    await until(async () => (await group.unpublished()) === 0);
  });

  it('are not lost when they are committed late by somebody who has lost the partition', async () => {
    const group = await failing();
    const signal = patience();
    const member = await joinedMember(client, group.group, group.events);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const late = group.processor(member, async (name) => {
      if (name !== 'before-rows-commit') return;
      reached.resolve();
      await gate.promise;
    });
    const next = group.processor(member);
    const redrives = redriveTopic(group.group, group.events);
    await group.ringAll(['a bad']);
    const [source] = await group.read(group.events);
    await late.assign(signal);
    const overtaken = late.process({ topic: group.events, records: [there(source)], nextOffset: 1n }, signal);
    await reached.promise;
    await next.assign(signal);
    const copy = {
      ...there(source),
      topic: redrives,
      headers: there(source).headers.map(([name, value]) =>
        name === 'ce_id' ? ([name, Buffer.from('b bad')] as const) : ([name, value] as const),
      ),
    };
    let done = false;
    const given = next
      .process({ topic: redrives, records: [copy], nextOffset: 1n }, signal)
      .finally(() => (done = true))
      .catch(() => undefined);
    await until(async () => done || (await waitsForLock()));
    gate.resolve();
    await overtaken.catch(() => undefined);
    await given;
    await next.assign(signal);
    expect((await group.dead()).toSorted()).toContain('a bad');
    expect(await group.unpublished()).toBe(0);
    await Promise.all([late.close(), next.close(), member.stop()]);
  });

  async function waitsForLock(): Promise<boolean> {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(model.database);
    return rows.length > 0;
  }
});
