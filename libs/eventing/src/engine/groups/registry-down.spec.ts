import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { trips } from '../../../fixtures/trips.ts';
import { until } from '../../../fixtures/until.ts';
import type { Received } from '../../domain/index.ts';
import { Policy, Whenever } from '../../nest/handlers.ts';
import { RegistryUnavailable } from '../../serde/schema-registry.ts';
import { release } from '../../testing/release.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';

const { Left, Arrived, Move, Moved, before, after, topics } = trips();
type Left = ReturnType<typeof Left>;
type Arrived = ReturnType<typeof Arrived>;
const group = `${topics.events}.following`;

@Policy({ group })
class Following {
  @Whenever(Left)
  left({ data: { trip, place } }: Received<Left>) {
    return Move({ trip, from: place, to: 'left' });
  }

  @Whenever(Arrived)
  arrived({ data: { trip, place } }: Received<Arrived>) {
    return Move({ trip, from: place, to: 'arrived' });
  }
}

describe('a registry that is down', () => {
  const running: GroupUnderTest[] = [];
  afterEach(async () => void (await Promise.all(running.splice(0).map((each) => each.stop()))));

  it('stops nobody who knows the schemas; what is new waits on its partition, and is handled when it is back', async () => {
    const old = new SpecBroker(before.contracts, 2);
    const broker = release(old, after.contracts);
    await old.codec.ready();
    running.push(await runGroup(new Following(), { broker }));
    const left = (trip: string, place: string) => broker.publish(Left({ trip, place }), { id: trip + place });
    const { partition } = await left('t', 'a');
    const trips = Array.from({ length: 20 }, (_, n) => `u${n}`);
    const there = new Map(
      await Promise.all(trips.map(async (trip) => [(await left(trip, 'a')).partition, trip] as const)),
    );
    const other = there.get(1 - partition) ?? '';
    await broker.idle();

    broker.faults.registryDown(new RegistryUnavailable('nobody answers'));
    for (const trip of ['t', other]) await left(trip, 'b');
    await broker.idle();
    // Of a type that this process has not met before.
    await old.publish(Moved({ trip: 't', from: 'b', to: 'c' }), { id: 'moved' });
    await left('t', 'd');
    const workers = () => [...(running[0]?.status.workers.values() ?? [])];
    await until(() =>
      workers().some(({ reason }) => reason?.includes('schema registry is down: nobody answers')),
    );
    await left(other, 'c');
    const followed = (trip: string) =>
      broker.sent(Move).flatMap(({ data: { trip: of, from, to } }) => (of === trip ? [`${from} ${to}`] : []));
    await until(() => followed(other).length === 3);
    expect([
      followed('t').length,
      workers()
        .map(({ state }) => state)
        .sort(),
    ]).toEqual([2, ['running', 'waiting']]);

    broker.faults.registryDown(undefined);
    await broker.idle();
    expect(followed('t')).toEqual(['a left', 'b left', 'b left', 'c arrived', 'd left']);
    expect(broker.deadLetters(group, topics.events)).toEqual([]);
  });
});
