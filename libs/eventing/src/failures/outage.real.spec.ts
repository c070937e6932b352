import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../kafka/client.ts';
import type { GroupConsumer } from '../engine/group-consumer.ts';
import { EngineHealth } from '../nest/health.ts';
import { OpenTransactionWatch } from '../nest/open-transaction-watch.ts';
import { divertingGroup, type DivertingGroup, type Fails } from '../testing/diverting-group.ts';
import { scratchClient, until } from '../testing/scratch-broker.ts';
import { DependencyOutages } from './outages.ts';
import { systemClock } from '../time/system-clock.ts';

const PARTITIONS = 4;
/** Doors enough for some on each partition. */
const DOORS = Array.from({ length: 24 }, (_, n) => `door ${n}`);

describe('an outage of what handlers depend on', () => {
  let client: KafkaClient;
  let groups: DivertingGroup[] = [];
  let over = false;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(async () => {
    await Promise.all(groups.map((group) => group.stop()));
    groups = [];
  });

  const refused = () =>
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', dependency: 'the post office' });
  const becauseRefused = () => new Error('no letter could be sent', { cause: refused() });
  const whileDown: Fails = () => (over ? undefined : refused());

  async function made(
    fails: Fails = whileDown,
    kind: 'policy' | 'effect' = 'effect',
  ): Promise<DivertingGroup> {
    over = false;
    const plan = {
      otherwise: 'retryable',
      immediate: 2,
      ordering: kind === 'policy' ? 'key' : 'none',
    } as const;
    const group = await divertingGroup(client, { kind, partitions: PARTITIONS, plan }, fails);
    groups.push(group);
    for (const door of DOORS) await group.ring(door, 1, `${group.group} ${door}`);
    return group;
  }

  const partitionsOf = ({ tries }: DivertingGroup) => new Set(tries.map(({ partition }) => partition));
  const waiting = ({ status }: GroupConsumer) =>
    [...status.workers.values()].filter(({ state }) => state === 'waiting').length;
  const handledAll = async (group: DivertingGroup) => (await group.handled()).length === DOORS.length;

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
    }, 'policy');
    const consumers = [group.start({ outages }), other.start({ outages })] as const;
    await until(() => consumers.every((consumer) => waiting(consumer) === PARTITIONS));
    expect([partitionsOf(group).size, partitionsOf(other).size]).toEqual([PARTITIONS, PARTITIONS]);

    const health = new EngineHealth(new OpenTransactionWatch());
    health.watch(consumers, outages);
    expect(health.report().details['the post office']?.reason).toMatch(
      /^the post office has been down for \d+ s: (connect ECONNREFUSED|no letter could be sent)$/,
    );
    expect(health.report().ready).toBe(false);

    const [before, from] = [group.tries.length + other.tries.length, Date.now()];
    most = 0;
    await until(() => group.tries.length + other.tries.length >= before + 3);
    // The waits double: three tries that follow each other take longer than eight workers of their own would.
    expect(Date.now() - from).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(1);
    expect(outages.down.size).toBe(1);

    over = true;
    await until(() => handledAll(group));
    await until(() => handledAll(other));
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
    const consumer = group.start({ outages });
    other.start({ outages });
    await until(() => waiting(consumer) === PARTITIONS);
    await until(() => handledAll(other));
    expect(await group.handled()).toEqual([]);
  });

  it('goes on being probed when the one whose turn it is stops', async () => {
    const outages = new DependencyOutages(systemClock);
    const [group, other] = [await made(), await made()];
    const consumer = group.start({ outages });
    const others = other.start({ outages });
    await until(() => waiting(consumer) === PARTITIONS && waiting(others) === PARTITIONS);
    await group.stop();
    over = true;
    await until(() => handledAll(other));
    expect(await other.deadLetters()).toEqual([]);
  });
});
