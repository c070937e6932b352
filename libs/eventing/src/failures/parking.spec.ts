import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { failureIn, type Fails, fatal, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { parkedTopic } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { there } from '../../fixtures/there.ts';

describe('the parked keys of a policy', () => {
  let policy: Ringing | undefined;
  /** Ids of the events that fail. */
  let bad: Set<string>;
  afterEach(() => policy?.stop());

  /** Nobody can handle `a2`, for now. */
  let down = false;
  const unlessGood: Fails = ({ id }) => {
    if (down && id === 'a2') return Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
    return bad.has(id) ? fatal(`no ${id}`) : undefined;
  };

  async function failing(ids: readonly string[], partitions = 1): Promise<Ringing> {
    bad = new Set(ids);
    down = false;
    policy = await ringing(inMemory, { kind: 'policy' }, unlessGood, partitions);
    return policy;
  }

  /** An event's id is its door and a number. */
  const ringAll = async (group: Ringing, ids: readonly string[]) => {
    for (const id of ids) await group.ring(id[0] ?? '', 1, id);
  };
  const idsOf = (records: readonly ConsumedRecord[]) =>
    records.map(({ headers }) => header(headers, 'ce_id'));
  const letterOf = async (group: Ringing, nth = 0) => {
    await until(async () => (await group.deadLetters()).length > nth);
    return there((await group.deadLetters())[nth]);
  };
  const stateOf = ({ status }: GroupUnderTest) => [...status.workers.values()][0]?.state;
  const cameToTheEnd = (group: Ringing) => until(() => group.cameToTheEnd());

  it('wait behind a dead letter while other keys flow, and follow it in order when it was given back', async () => {
    const group = await failing(['a1']);
    await ringAll(group, ['a1', 'b1', 'a2', 'b2', 'a3']);
    await group.start();
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual(['b1', 'b2']);
    expect(idsOf(await group.deadLetters())).toEqual(['a1']);
    bad.clear();
    await group.redrive(await letterOf(group));
    await until(async () => (await group.handled()).length === 5);
    await ringAll(group, ['a4']);
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual(['b1', 'b2', 'a1', 'a2', 'a3', 'a4']);
    expect(group.tries.map(({ id }) => id)).toEqual(['a1', 'b1', 'b2', 'a1', 'a2', 'a3', 'a4']);
  });

  it('stay where they are when what was given back fails again', async () => {
    const group = await failing(['a1']);
    await ringAll(group, ['a1', 'a2']);
    await group.start();
    await group.redrive(await letterOf(group));
    const again = await letterOf(group, 1);
    const [first] = await group.deadLetters();
    expect(failureIn(again)).toMatchObject({ id: failureIn(there(first)).id, redrives: 1, attempts: 2 });
    await ringAll(group, ['a3']);
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual([]);
    bad.clear();
    await group.redrive(again);
    await until(async () => (await group.handled()).length === 3);
    expect(await group.handled()).toEqual(['a1', 'a2', 'a3']);
  });

  it('take an edited value for the one that failed', async () => {
    const group = await failing(['a1']);
    await ringAll(group, ['a1', 'a2']);
    await group.start();
    const letter = await letterOf(group);
    bad.clear();
    await group.redrive(letter, group.host.codec.encode(group.doors.Rung({ door: 'a', times: 7 })));
    await until(async () => (await group.handled()).length === 2);
    expect(await group.handled()).toEqual(['a1', 'a2']);
  });

  it('go on without a dead letter that was discarded', async () => {
    const group = await failing(['a1']);
    await ringAll(group, ['a1', 'a2', 'a3']);
    await group.start();
    await group.discard(await letterOf(group));
    await until(async () => (await group.handled()).length === 2);
    await ringAll(group, ['a4']);
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual(['a2', 'a3', 'a4']);
    expect(await group.deadLetters()).toHaveLength(1);
  });

  it('follow their partition to a member that joins while the first one goes on', async () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f'];
    const firsts = all.map((door) => `${door}1`);
    const group = await failing(firsts, 2);
    await ringAll(group, [...firsts, ...all.map((door) => `${door}2`)]);
    const first = await group.start();
    await letterOf(group, all.length - 1);
    await cameToTheEnd(group);
    const second = await group.start();
    await until(() => [first, second].every(({ status: { workers } }) => workers.size === 1));
    await until(() => [first, second].every((each) => stateOf(each) === 'running'));
    await ringAll(
      group,
      all.map((door) => `${door}3`),
    );
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual([]);
    bad.clear();
    const before = group.tries.length;
    for (const letter of await group.deadLetters()) await group.redrive(letter);
    await until(async () => (await group.handled()).length === 3 * all.length);
    for (const door of all) {
      const order = group.tries.filter(({ id }) => id.startsWith(door)).map(({ id }) => id);
      expect(order).toEqual([1, 1, 2, 3].map((number) => `${door}${number}`));
    }
    expect(new Set(group.tries.slice(before).map(({ run }) => run))).toEqual(new Set([1, 2]));
  });

  it('are found again by another member, also when they were free to go and some had gone', async () => {
    const group = await failing(['a1', 'a3']);
    await ringAll(group, ['a1', 'b1', 'a2', 'a3', 'b2', 'a4']);
    await group.start();
    await cameToTheEnd(group);
    await group.pause();
    expect(await group.handled()).toEqual(['b1', 'b2']);
    bad.delete('a1');
    await group.redrive(await letterOf(group));
    await ringAll(group, ['a5', 'b3']);
    await group.start();
    await letterOf(group, 1);
    await cameToTheEnd(group);
    expect(await group.handled()).toEqual(['b1', 'b2', ...(await group.handled()).slice(2)]);
    await group.pause();
    bad.clear();
    await group.redrive(await letterOf(group, 1));
    await group.start();
    await until(async () => (await group.handled()).length === 8);
    const handled = await group.handled();
    expect(handled.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(handled.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
  });

  it('are no more than the limit: then the partition waits and says why, until one of them is over', async () => {
    const group = await failing(['a1', 'b1', 'c1']);
    await ringAll(group, ['a1', 'b1', 'c1', 'd1', 'a2']);
    const consumer = await group.start({ parking: { maxKeys: 2 } });
    const status = () => consumer.status.workers.get(`${group.events}-0`);
    await until(() => status()?.reason?.includes('has parked 2 keys') === true);
    expect(status()?.state).toBe('waiting');
    await letterOf(group, 1);
    expect(idsOf(await group.deadLetters())).toEqual(['a1', 'b1']);
    expect(await group.handled()).toEqual([]);
    await group.discard(await letterOf(group));
    await until(async () => (await group.handled()).length === 2);
    expect(idsOf(await group.deadLetters())).toEqual(['a1', 'b1', 'c1']);
    expect(await group.handled()).toEqual(['d1', 'a2']);
    await until(() => stateOf(consumer) === 'running');
  });

  it('hold hundreds of records of one key, which stop at the next one that fails', async () => {
    const ids = Array.from({ length: 700 }, (_, n) => `a${n}`);
    const group = await failing(['a0', 'a350']);
    await Promise.all(ids.map((id) => group.ring('a', 1, id)));
    const inSource = idsOf(await group.read(group.events));
    const [first, second] = [inSource.indexOf('a0'), inSource.indexOf('a350')].sort((a, b) => a - b);
    await group.start();
    await cameToTheEnd(group);
    await group.discard(await letterOf(group));
    await group.discard(await letterOf(group, 1));
    await until(async () => (await group.handled()).length === 698);
    expect(await group.handled()).toEqual(inSource.filter((_, at) => at !== first && at !== second));
    expect(group.tries).toHaveLength(700);
  });

  it('settle fewer at a time when what follows from them is too large for one batch', async () => {
    const group = await failing(['a0']);
    const long = Array.from({ length: 30 }, (_, n) => `a${n + 1}${'so long '.repeat(5_000)}`);
    await ringAll(group, ['a0', ...long]);
    await group.start();
    await cameToTheEnd(group);
    await group.discard(await letterOf(group));
    await until(async () => (await group.handled()).length === long.length);
    expect(await group.handled()).toEqual(long);
  });

  it('are forgotten when nothing waits any more that a new version is about', async () => {
    const group = await failing(['a1']);
    await ringAll(group, ['a1']);
    await group.knock('a', 'a2');
    down = true;
    const old = await group.start();
    await cameToTheEnd(group);
    await group.discard(await letterOf(group));
    await until(() => stateOf(old) === 'waiting');
    await group.pause();
    const renewed = await group.start({ knocks: false });
    await until(
      async () => (await group.read(parkedTopic(group.group, group.events))).at(-1)?.value === null,
    );
    expect(stateOf(renewed)).toBe('running');
    await ringAll(group, ['a3']);
    await until(async () => (await group.handled()).length > 0);
    expect(await group.handled()).toEqual(['a3']);
  });
});
