import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { type Fails, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import type { GroupConsumer } from '../engine/group-consumer.ts';
import { EngineHealth } from '../nest/health.ts';
import { OpenTransactionWatch } from '../nest/open-transaction-watch.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { DependencyOutages } from './outages.ts';
import { systemClock } from '../time/system-clock.ts';

const PARTITIONS = 4;
/** Doors enough for some on each partition. */
const DOORS = Array.from({ length: 24 }, (_, n) => `door ${n}`);

describe('an outage of what handlers depend on', () => {
  let groups: Ringing[] = [];
  let over = false;
  afterEach(async () => {
    await Promise.all(groups.map((group) => group.stop()));
    groups = [];
  });

  const refused = () =>
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', dependency: 'the post office' });
  const becauseRefused = () => new Error('no letter could be sent', { cause: refused() });
  const whileDown: Fails = () => (over ? undefined : refused());

  async function made(fails: Fails = whileDown, kind: 'policy' | 'effect' = 'effect'): Promise<Ringing> {
    over = false;
    const spec = kind === 'effect' ? ({ kind, retry: { immediate: 2 } } as const) : { kind };
    const group = await ringing(inMemory, spec, fails, PARTITIONS);
    groups.push(group);
    for (const door of DOORS) await group.ring(door, 1, `${group.group} ${door}`);
    return group;
  }

  const partitionsOf = ({ tries }: Ringing) => new Set(tries.map(({ partition }) => partition));
  const waiting = ({ status }: GroupUnderTest) =>
    [...status.workers.values()].filter(({ state }) => state === 'waiting').length;
  const handledAll = async (group: Ringing) => (await group.handled()).length === DOORS.length;

  it('stops each partition at its record, is probed by one at a time, and counts no attempt', async () => {
    const outages = new DependencyOutages(systemClock);
    let [now, most] = [0, 0];
    const group = await made();
    const other = await made(async () => {
      if (over) return undefined;
      most = Math.max(most, ++now);
      await sleep(20);
      now--;
      return becauseRefused();
    });
    const policy = await made(() => (over ? undefined : becauseRefused()), 'policy');
    const consumers = await Promise.all(groups.map((each) => each.start({ outages })));
    await until(() => consumers.every((consumer) => waiting(consumer) === PARTITIONS));
    for (const each of groups) expect(partitionsOf(each).size).toBe(PARTITIONS);

    const health = new EngineHealth(new OpenTransactionWatch());
    health.watch(consumers.map(asConsumer), outages);
    expect(health.report().details['the post office']?.reason).toMatch(
      /^the post office has been down for \d+ s: (connect ECONNREFUSED|no letter could be sent)$/,
    );
    expect(health.report().ready).toBe(false);

    const tries = () => groups.reduce((sum, each) => sum + each.tries.length, 0);
    const [before, from] = [tries(), Date.now()];
    most = 0;
    await until(() => tries() >= before + 3);
    // The waits double: three tries that follow each other take longer than twelve workers of their own would.
    expect(Date.now() - from).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(1);
    expect(outages.down.size).toBe(1);

    over = true;
    for (const each of [group, other, policy]) await until(() => handledAll(each));
    for (const each of groups) {
      expect(await each.deadLetters()).toEqual([]);
      expect((await each.handled()).toSorted()).toEqual(
        DOORS.map((door) => `${each.group} ${door}`).toSorted(),
      );
    }
    await until(() => health.report().details['the post office'] === undefined);
    await until(() => consumers.every((consumer) => waiting(consumer) === 0));
  });

  it('holds up nobody who does not need it', async () => {
    const outages = new DependencyOutages(systemClock);
    const group = await made();
    const other = await made(() => undefined);
    const consumer = await group.start({ outages });
    await other.start({ outages });
    await until(() => waiting(consumer) === PARTITIONS);
    await until(() => handledAll(other));
    expect(await group.handled()).toEqual([]);
  });

  it('goes on being probed when the one whose turn it is stops', async () => {
    const outages = new DependencyOutages(systemClock);
    const [group, other] = [await made(), await made()];
    const consumer = await group.start({ outages });
    const others = await other.start({ outages });
    await until(() => waiting(consumer) === PARTITIONS && waiting(others) === PARTITIONS);
    await group.stop();
    over = true;
    await until(() => handledAll(other));
    expect(await other.deadLetters()).toEqual([]);
  });
});

/** As a service's health looks at it. */
const asConsumer = (running: GroupUnderTest) =>
  ({
    options: { group: running.group },
    get status() {
      return running.status;
    },
  }) as GroupConsumer;
