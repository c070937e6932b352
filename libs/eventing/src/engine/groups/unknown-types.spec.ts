import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeAsLibrary } from '../../../fixtures/log-reading.ts';
import { failureIn } from '../../../fixtures/ringing.ts';
import { there } from '../../../fixtures/there.ts';
import { trips } from '../../../fixtures/trips.ts';
import { until } from '../../../fixtures/until.ts';
import { contract, type Message, messageType, type Received, redriveTopic } from '../../domain/index.ts';
import { redriveCopy } from '../../failures/copies.ts';
import { FAILURE, originalOf } from '../../failures/failure-headers.ts';
import { header } from '../../log/record.ts';
import { Effect, Perform, Policy, Whenever, type WhenUnknown } from '../../nest/handlers.ts';
import { release } from '../../testing/release.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';

const { Moved, Book, before, topics, namespace } = trips();
type Moved = ReturnType<typeof Moved>;

/** What a newer release has beside the events of this one. */
type Cancelled = Message<'Cancelled', { trip: string }>;
const Cancelled = messageType<Cancelled>({
  type: 'Cancelled',
  topic: topics.events,
  key: 'trip',
  versions: [{ type: 'record', name: 'Cancelled', namespace, fields: [{ name: 'trip', type: 'string' }] }],
});
const newer = [before.commands, contract(topics.events, { ...before.events.types, Cancelled })];

const group = `${topics.events}.following`;

function following(unknown?: WhenUnknown): object {
  @Policy({ group, ...(unknown && { unknown }) })
  class Following {
    @Whenever(Moved)
    follow({ data: { trip, to } }: Received<Moved>) {
      return Book({ trip, name: to, euros: 1 });
    }

    @Whenever(before.events.types.Booked)
    pass() {
      return [];
    }
  }
  return new Following();
}

function telling(told: string[], unknown: WhenUnknown, concurrency = 1): object {
  @Effect({ group, unknown, concurrency })
  class Telling {
    @Perform(Moved)
    async tell({ data: { to } }: Received<Moved>): Promise<void> {
      told.push(to);
    }
  }
  return new Telling();
}

describe('an event of a type that this release does not know', () => {
  let broker: SpecBroker;
  let later: SpecBroker;
  const running: GroupUnderTest[] = [];
  beforeEach(async () => {
    broker = new SpecBroker(before.contracts, 1);
    later = release(broker, newer);
  });
  afterEach(async () => void (await Promise.all(running.splice(0).map((each) => each.stop()))));

  const start = async (handler: object, on = broker) => {
    const started = await runGroup(handler, { broker: on });
    running.push(started);
    return started;
  };
  const write = async (...places: readonly (string | undefined)[]) => {
    for (const [index, to] of places.entries()) {
      const [trip = '', place] = to?.split(':') ?? [];
      await later.publish(place ? Moved({ trip, from: '', to: place }) : Cancelled({ trip }), {
        id: `e${index}`,
      });
    }
  };
  const followed = () => broker.sent(Book).map(({ data: { trip, name } }) => `${trip}:${name}`);
  const workerOf = ({ status }: GroupUnderTest) => [...status.workers.values()][0];

  it('is a dead letter unless the group says otherwise: its key waits, and no other', async () => {
    await start(following());
    await write('a:1', 'a', 'a:2', 'b:3');
    await broker.idle();
    expect(followed()).toEqual(['a:1', 'b:3']);
    const [letter] = broker.deadLetters(group, topics.events);
    expect(letter && header(letter.headers, FAILURE.lastMessage)).toContain(
      `This release knows the namespace ${namespace}`,
    );
    expect(broker.parked(group, topics.events)).toHaveLength(1);
  });

  it('is skipped by a group that says so, counted and told', async () => {
    const started = await start(following('skip'));
    await write('a:1', 'a', 'a:2', 'b', 'b:3');
    await broker.idle();
    expect(followed()).toEqual(['a:1', 'a:2', 'b:3']);
    expect(broker.deadLetters(group, topics.events)).toEqual([]);
    expect(started.status.notices).toEqual([
      `skipped, because this release does not know it: ${namespace}.Cancelled (2)`,
    ]);
  });

  it('holds the partition of a group that waits, and readiness says why; the next release goes on from there', async () => {
    const old = await start(following('wait'));
    await write('a:1', 'b', 'c:2');
    await until(
      () => workerOf(old)?.reason?.includes(`${topics.events}-0 offset 1 waits for a release`) === true,
    );
    expect(workerOf(old)?.state).toBe('waiting');
    expect(broker.deadLetters(group, topics.events)).toEqual([]);
    await running.pop()?.stop();
    await start(following('wait'), later);
    await broker.idle();
    expect(followed()).toEqual(['a:1', 'c:2']);
  });

  it('is not seen to be well between two looks at the record that it waits for', async () => {
    const old = await start(following('wait'));
    await write('a');
    await until(() => workerOf(old)?.state === 'waiting');
    const states = new Set<string | undefined>();
    const tries = () => old.logged.filter((line) => line.includes('waits for a release')).length;
    await until(() => {
      states.add(workerOf(old)?.state);
      return tries() >= 4;
    });
    expect(states).toEqual(new Set(['waiting']));
  });

  it.each<WhenUnknown>(['dead-letter', 'skip', 'wait'])(
    'waits, whatever the group says (%s), while the registry has lost its schemas (all was set aside)',
    async (unknown) => {
      const started = await start(following(unknown));
      broker.registry.lost = true;
      await write('a:1', 'b:2');
      await until(() => workerOf(started)?.reason?.includes('it has lost schemas') === true);
      broker.registry.lost = false;
      await broker.idle();
      expect(followed()).toEqual(['a:1', 'b:2']);
      expect(broker.deadLetters(group, topics.events)).toEqual([]);
    },
  );

  it.each([1, 8])('does the same to an effect with %d keys at once', async (concurrency) => {
    const told: string[] = [];
    await start(telling(told, 'skip', concurrency));
    await write('a:1', 'a', 'b:2');
    await broker.idle();
    expect(told.sort()).toEqual(['1', '2']);
    await running.pop()?.stop();
    const waiting = await start(telling(told, 'wait', concurrency));
    await write('c:3', 'd', 'd:4');
    await until(() => workerOf(waiting)?.reason?.includes('waits for a release') === true);
    await running.pop()?.stop();
    await start(telling(told, 'wait', concurrency), later);
    await broker.idle();
    expect([...new Set(told)].sort()).toEqual(['1', '2', '3', '4']);
    expect(broker.deadLetters(group, topics.events)).toEqual([]);
  });
});

describe('an event with a symbol that this release does not know', () => {
  type Sent = Message<'Sent', { trip: string; by: string }>;
  const sent = (...symbols: string[]) =>
    messageType<Sent>({
      type: 'Sent',
      topic: topics.events,
      key: 'trip',
      versions: [
        {
          type: 'record',
          name: 'Sent',
          namespace,
          fields: [
            { name: 'trip', type: 'string' },
            { name: 'by', type: { type: 'enum', name: 'By', symbols } },
          ],
        },
      ],
    });

  it('is what the group says of types that it does not know; those with other symbols are handled', async () => {
    const [Old, New] = [sent('mail'), sent('mail', 'phone')];
    const broker = new SpecBroker([contract(topics.events, { Sent: Old })], 1);
    const later = release(broker, [contract(topics.events, { Sent: New })]);
    const told: string[] = [];
    @Effect({ group, unknown: 'skip' })
    class Telling {
      @Perform(Old)
      async tell({ data: { trip, by } }: Received<Sent>): Promise<void> {
        told.push(`${trip} by ${by}`);
      }
    }
    const started = await runGroup(new Telling(), { broker });
    for (const [trip, by] of [
      ['a', 'mail'],
      ['b', 'phone'],
      ['c', 'mail'],
    ] as const)
      await later.publish(New({ trip, by }), { id: trip });
    await broker.idle();
    expect(told).toEqual(['a by mail', 'c by mail']);
    expect(started.status.notices).toEqual([
      `skipped, because this release does not know it: ${namespace}.Sent.by phone (1)`,
    ]);
    await started.stop();
  });
});

describe('a field that this release does not know', () => {
  type Packed = Message<'Packed', { trip: string; by?: string }>;
  const packed = (...fields: object[]) =>
    messageType<Packed>({
      type: 'Packed',
      topic: topics.events,
      key: 'trip',
      versions: [
        { type: 'record', name: 'Packed', namespace, fields: [{ name: 'trip', type: 'string' }, ...fields] },
      ],
    });

  it('is there for the release that does, after a retry and a redrive: copies have the bytes', async () => {
    const [Old, New] = [packed(), packed({ name: 'by', type: 'string', default: '' })];
    const broker = new SpecBroker([contract(topics.events, { Packed: Old })], 1);
    const later = release(broker, [contract(topics.events, { Packed: New })]);
    const read: object[] = [];
    const effect = (type: typeof Old, fails: boolean) => {
      @Effect({ group, retry: { immediate: 0, delays: ['10ms'] } })
      class Reading {
        @Perform(type)
        async perform({ data }: Received<Packed>): Promise<void> {
          read.push(data);
          if (fails) throw new Error('not this release');
        }
      }
      return new Reading();
    };
    const first = await runGroup(effect(Old, true), { broker });
    await later.publish(New({ trip: 'a', by: 'Ada' }), { id: 'e1' });
    await broker.idle();
    await first.stop();
    const [letter] = broker.deadLetters(group, topics.events);
    const topic = redriveTopic(group, topics.events);
    const copy = redriveCopy(originalOf(there(letter)), failureIn(there(letter)), { topic, since: 1 });
    await writeAsLibrary(broker.cluster, [copy]);
    const second = await runGroup(effect(New, false), { broker: later });
    await broker.idle();
    await second.stop();
    expect(read).toEqual([{ trip: 'a' }, { trip: 'a' }, { trip: 'a', by: 'Ada' }]);
  });
});
