import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Projecting } from '../../fixtures/projecting.ts';
import { there } from '../../fixtures/there.ts';
import { patience, until } from '../../fixtures/until.ts';
import { deadLetterTopic, redriveTopic } from '../domain/index.ts';
import type { FailpointName } from '../engine/failpoints.ts';
import type { Member } from '../engine/ports/membership.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';

describe('the dead letters of a projection', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting | undefined;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterAll(async () => {
    await model.drop();
  });
  afterEach(() => projection?.ringing.stop());

  const failing = async () =>
    (projection = await Projecting.of(model.database, ({ id }) =>
      id.includes('bad') ? new Error('never') : undefined,
    ));
  const dies = (at: FailpointName) => async (name: FailpointName) => {
    if (name === at) throw new Error(`died ${at}`);
  };

  it.each(['before-rows-commit', 'after-rows-commit'] as const)(
    'are published once when the process dies %s',
    async (moment) => {
      const group = await failing();
      await group.ringAll('a bad', 'b');
      const consumer = await group.start({ failpoint: dies(moment) });
      await until(() => [...consumer.status.workers.values()][0]?.state === 'waiting');
      await group.ringing.pause();
      await group.start();
      await until(async () => (await group.position()) === 2n && (await group.unpublished()) === 0);
      expect([await group.dead(), await group.told()]).toEqual([['a bad'], ['dead/a bad/0']]);
      expect([await group.seen(), await group.parked()]).toEqual([['b'], ['a']]);
    },
  );

  it('are published once when it dies between publishing them and taking them from the outbox', async () => {
    const group = await failing();
    await group.ringAll('a bad', 'b');
    await sql`create function stay() returns trigger language plpgsql as $$ begin raise 'stay'; end $$`.execute(
      model.database,
    );
    await sql`create trigger stay before delete on eventing.dead_letter_outbox
      execute function stay()`.execute(model.database);
    const consumer = await group.start();
    await until(() => [...consumer.status.workers.values()][0]?.reason === 'stay');
    await group.ringing.pause();
    expect(await group.unpublished()).toBe(2);
    await sql`drop trigger stay on eventing.dead_letter_outbox`.execute(model.database);
    await group.ringAll('c bad');
    await group.start();
    await until(async () => (await group.dead()).length > 1 && (await group.unpublished()) === 0);
    expect(await group.dead()).toEqual(['a bad', 'c bad']);
    expect(await group.told()).toEqual(['dead/a bad/0', 'dead/c bad/0']);
  });

  it('are published in several batches when they are too large for one', async () => {
    const group = await failing();
    const long = Array.from({ length: 30 }, (_, n) => `${String.fromCharCode(97 + n)}${n} bad`);
    const topic = deadLetterTopic(group.group, group.events);
    const { topics } = group.ringing.host.cluster.broker;
    topics.delete(topic);
    topics.create(topic, 1, 1_048_588);
    const padding = ['padding', Buffer.alloc(100_000)] as const;
    for (const id of long) {
      const rung = group.ringing.doors.Rung({ door: id, times: 1 });
      const record = group.ringing.builder.record(rung, { id, time: 1, correlationId: id });
      await group.ringing.append({ ...record, headers: [...record.headers, padding] });
    }
    await group.start();
    await until(async () => (await group.dead()).length === 30);
    expect(await group.dead()).toEqual(long);
    expect(await group.told()).toHaveLength(30);
    await until(async () => (await group.unpublished()) === 0);
  });

  it('are not lost when they are committed late by somebody who has lost the partition', async () => {
    const group = await failing();
    const signal = patience();
    const member = await joinedMember(group);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const late = await group.ringing.processor(member, {
      reports: group.reports,
      failpoint: async (name) => {
        if (name !== 'before-rows-commit') return;
        reached.resolve();
        await gate.promise;
      },
    });
    const next = await group.ringing.processor(member, { reports: group.reports });
    const redrives = redriveTopic(group.group, group.events);
    await group.ringAll('a bad');
    const [source] = await group.ringing.read(group.events);
    await late.assign(signal);
    const batch = { topic: group.events, records: [there(source)], nextOffset: 1n };
    const overtaken = late.process(batch, signal, () => undefined);
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
      .process({ topic: redrives, records: [copy], nextOffset: 1n }, signal, () => undefined)
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

  async function joinedMember({ group, events, ringing }: Projecting): Promise<Member> {
    const joined = Promise.withResolvers<void>();
    const member = ringing.host.cluster.member({
      group,
      topics: [events],
      held: () => ({ running: [], stored: [] }),
      assigned: () => joined.resolve(),
      report: () => undefined,
    });
    member.start();
    await joined.promise;
    return member;
  }

  async function waitsForLock(): Promise<boolean> {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(model.database);
    return rows.length > 0;
  }
});
