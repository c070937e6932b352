import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { Projecting } from '../../fixtures/projecting.ts';
import { failureIn } from '../../fixtures/ringing.ts';
import { there } from '../../fixtures/there.ts';
import { patience, until } from '../../fixtures/until.ts';
import { redriveTopic } from '../domain/index.ts';
import type { Member } from '../engine/ports/membership.ts';
import { releaseMark } from '../failures/copies.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';

describe('the parked keys of a projection', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting | undefined;
  /** Ids of the events that fail. */
  let bad: Set<string>;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterAll(async () => {
    await model.drop();
  });
  beforeEach(() => void (bad = new Set()));
  afterEach(() => projection?.ringing.stop());

  class Odd extends Error {
    readonly retryable = true;
  }
  const made = async () =>
    (projection = await Projecting.of(
      model.database,
      ({ id }) => (bad.has(id) ? new Odd(`no ${id}`) : undefined),
      { errors: { fatal: [Odd] } },
    ));
  const letterOf = async (group: Projecting, nth = 0) => {
    await until(async () => (await group.deadLetters()).length > nth);
    return there((await group.deadLetters())[nth]);
  };
  const cameTo = (group: Projecting, offset: bigint) => until(async () => (await group.position()) >= offset);
  const statusOf = ({ status }: GroupUnderTest) => [...status.workers.values()][0];

  it('wait behind a dead letter while other keys flow, and follow it in order when it was given back', async () => {
    const group = await made();
    bad.add('a1');
    await group.ringAll('a1', 'b1', 'a2', 'b2', 'a3');
    await group.start();
    const letter = await letterOf(group);
    await cameTo(group, 5n);
    expect([await group.seen(), await group.parked()]).toEqual([['b1', 'b2'], ['a']]);
    bad.clear();
    await group.ringing.redrive(letter);
    await until(async () => (await group.seen()).length === 5);
    expect(await group.seen()).toEqual(['b1', 'b2', 'a1', 'a2', 'a3']);
    await until(async () => (await group.told()).length === 2);
    expect([await group.told(), await group.dead()]).toEqual([['dead/a1/0', 'handled/1'], ['a1']]);
    expect([await group.parked(), await group.unpublished()]).toEqual([[], 0]);
  });

  it('stay where they are when what was given back fails again, and go on when it was discarded', async () => {
    const group = await made();
    bad.add('a1');
    await group.ringAll('a1');
    await group.ringAll('a2');
    await group.start();
    await group.ringing.redrive(await letterOf(group));
    const again = await letterOf(group, 1);
    expect(failureIn(again)).toMatchObject({
      redrives: 1,
      attempts: 2,
      id: failureIn(await letterOf(group)).id,
    });
    expect([await group.seen(), await group.parked()]).toEqual([[], ['a']]);
    await group.ringing.discard(again);
    await until(async () => (await group.parked()).length === 0);
    expect([await group.seen(), await group.dead()]).toEqual([['a2'], ['a1', 'a1']]);
  });

  it('are not set free by copies that somebody else has written: those are new records, with dead letters of their own', async () => {
    const group = await made();
    bad.add('a1');
    await group.ringAll('a1');
    await group.ringAll('a2');
    await group.start();
    const letter = await letterOf(group);
    const topic = redriveTopic(group.group, group.events);
    await group.ringing.append({ ...letter, topic });
    const second = failureIn(await letterOf(group, 1));
    expect(second).toMatchObject({ place: { topic, offset: 0n }, redrives: 0 });
    expect(second.id).not.toBe(failureIn(letter).id);
    const { id } = failureIn(letter);
    const mark = releaseMark(
      { id, group: group.group },
      { topic: group.events, partition: 0, key: letter.key },
    );
    await group.ringing.append(mark);
    expect(failureIn(await letterOf(group, 2)).last.errorClass).toBe('Undecodable');
    expect([await group.seen(), await group.parked()]).toEqual([[], ['a']]);
  });

  it('are found again by another member: hundreds, which stop at the next one that fails', async () => {
    const group = await made();
    for (const id of ['a0', 'a350']) bad.add(id);
    await group.ringAll('a0');
    const rest = Array.from({ length: 700 }, (_, n) => `a${n + 1}`);
    await group.ringAll(...rest);
    await group.start();
    const letter = await letterOf(group);
    await cameTo(group, 701n);
    await group.ringing.pause();
    await group.ringing.discard(letter);
    await group.start();
    const second = await letterOf(group, 1);
    expect((await group.seen()).length).toBeLessThanOrEqual(350);
    await group.ringing.pause();
    bad.clear();
    await group.ringing.redrive(second);
    await group.start();
    await until(async () => (await group.parked()).length === 0);
    expect(await group.seen()).toEqual(rest);
  });

  it('are settled by one of two that both believe that it is their turn (it moved no position that was compared)', async () => {
    const group = await made();
    bad.add('a1');
    await group.ringAll('a1');
    await group.ringAll('a2');
    await group.start();
    await letterOf(group);
    await cameTo(group, 2n);
    await group.ringing.pause();
    // As if it had been discarded, and the worker had stopped before it settled.
    await sql`update eventing.parked_keys set released = true where projection = ${group.group}`.execute(
      model.database,
    );
    const signal = patience();
    const member = { confirmOwnership: async () => ({}) } as unknown as Member;
    const both = [await group.ringing.processor(member), await group.ringing.processor(member)];
    for (const one of both) await one.assign(signal);
    const outcomes = await Promise.allSettled(both.map((one) => one.settle?.(signal, () => undefined)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([await group.seen(), await group.parked()]).toEqual([['a2'], []]);
    for (const one of both) await one.close();
  });

  it('are no more than the limit: then the partition waits and says why, until one of them is over', async () => {
    const group = await made();
    for (const id of ['a1', 'b1', 'c1']) bad.add(id);
    await group.ringAll('a1', 'b1', 'c1', 'd1', 'a2');
    const consumer = await group.start({ parking: { maxKeys: 2 } });
    await until(() => statusOf(consumer)?.reason?.includes('has parked 2 keys') === true);
    bad.delete('c1');
    await until(async () => (await group.seen()).length === 2);
    expect([await group.seen(), await group.parked()]).toEqual([
      ['c1', 'd1'],
      ['a', 'b'],
    ]);
  });
});
