import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { trips } from '../../fixtures/trips.ts';
import { scratchName, until } from '../../fixtures/until.ts';
import { type AnyMessageType, contract, type Message, messageType } from '../domain/index.ts';
import { Project, Projection, type WhenUnknown } from '../nest/handlers.ts';
import type { Placed } from '../serde/received-records.ts';
import { release } from '../testing/release.ts';
import { type GroupUnderTest, runGroup } from '../testing/run-group.ts';
import { SpecBroker } from '../testing/spec-broker.ts';
import { type AnyTransaction, storedPosition } from './positions-table.ts';

const { before, after, topics, namespace, Booked, Moved, Left } = trips();

type Cancelled = Message<'Cancelled', { trip: string }>;
const Cancelled = messageType<Cancelled>({
  type: 'Cancelled',
  topic: topics.events,
  key: 'trip',
  versions: [{ type: 'record', name: 'Cancelled', namespace, fields: [{ name: 'trip', type: 'string' }] }],
});
const newest = contract(topics.events, { ...after.events.types, Cancelled }, after.events.upcasters);

describe('records of other releases, to a projection', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let group: GroupUnderTest | undefined;
  let name: string;
  let old: SpecBroker;
  let now: SpecBroker;
  let next: SpecBroker;
  beforeAll(async () => {
    model = await scratchReadModel();
    await sql`create table trip_events (projection text, "offset" bigint, part integer, type text, trip text, was jsonb,
      primary key (projection, "offset", part))`.execute(model.database);
  });
  beforeEach(() => {
    name = scratchName('trips');
    old = new SpecBroker(before.contracts, 1);
    now = release(old, after.contracts);
    next = release(old, [after.commands, newest]);
  });
  afterEach(() => group?.stop());
  afterAll(async () => {
    await model.drop();
  });

  async function start(broker: SpecBroker, types: Record<string, AnyMessageType>, unknown?: WhenUnknown) {
    class Trips {
      async write(events: readonly Placed[], rows: AnyTransaction): Promise<void> {
        for (const { type, position, metadata, was } of events)
          await sql`insert into trip_events values (${name}, ${position.offset}, ${was?.part ?? 0}, ${type},
            ${metadata.subject}, ${was ? JSON.stringify(was) : null})`.execute(rows);
      }
    }
    const method = Object.getOwnPropertyDescriptor(Trips.prototype, 'write') as never;
    for (const type of Object.values(types)) Project(type)(Trips.prototype, 'write', method);
    Projection({ name, version: 1, ...(unknown && { unknown }) })(Trips);
    group = await runGroup(new Trips(), { broker, database: model.database });
    return group;
  }
  const rows = async () => {
    const { rows: found } = await sql<{ type: string; offset: string; part: number; was: object | null }>`
      select type, "offset", part, was from trip_events where projection = ${name} order by "offset", part`.execute(
      model.database,
    );
    return found;
  };
  const position = () =>
    storedPosition(model.database, {
      schema: 'eventing',
      projection: `projections.${name}.v1`,
      topic: topics.events,
      partition: 0,
    });
  const worker = () => [...(group?.status.workers.values() ?? [])][0];

  it('are what upcasters make of them, with what they were; positions count records', async () => {
    await old.publish(Booked({ trip: 't', name: 'Ada Lovelace', euros: 7 }), { id: 'e1' });
    await old.publish(Moved({ trip: 't', from: 'a', to: 'b' }), { id: 'e2' });
    await now.publish(Left({ trip: 't', place: 'b' }), { id: 'e3' });
    await start(now, after.events.types);
    await until(async () => (await rows()).length === 4);
    const moved = { type: 'Moved', version: 1, data: { trip: 't', from: 'a', to: 'b' }, parts: 2 };
    const booked = { type: 'Booked', version: 2, data: { trip: 't', name: 'Ada Lovelace', euros: 7 } };
    expect(await rows()).toEqual([
      { type: 'Reserved', offset: '0', part: 0, was: { ...booked, part: 0, parts: 1 } },
      { type: 'Left', offset: '1', part: 0, was: { ...moved, part: 0 } },
      { type: 'Arrived', offset: '1', part: 1, was: { ...moved, part: 1 } },
      { type: 'Left', offset: '2', part: 0, was: null },
    ]);
    expect(await position()).toBe(3n);
  });

  it('are skipped where this release does not know them and the projection says so, and counted', async () => {
    await next.publish(Left({ trip: 't', place: 'a' }), { id: 'e1' });
    await next.publish(Cancelled({ trip: 't' }), { id: 'e2' });
    await next.publish(Left({ trip: 't', place: 'b' }), { id: 'e3' });
    const { status } = await start(now, after.events.types, 'skip');
    await until(async () => (await position()) === 3n);
    expect((await rows()).map(({ offset }) => offset)).toEqual(['0', '2']);
    expect(now.deadLetters(`projections.${name}.v1`, topics.events)).toEqual([]);
    await until(() => (group?.status ?? status).notices.length > 0);
    expect(group?.status.notices).toEqual([
      `skipped, because this release does not know it: ${namespace}.Cancelled (1)`,
    ]);
  });

  it('hold the partition where it is to wait: what is before them is written, and the next release goes on', async () => {
    for (const [index, message] of [
      Left({ trip: 't', place: 'a' }),
      Left({ trip: 'u', place: 'a' }),
      Cancelled({ trip: 't' }),
      Left({ trip: 't', place: 'b' }),
    ].entries())
      await next.publish(message, { id: `e${index}` });
    await start(now, after.events.types, 'wait');
    await until(() => worker()?.reason?.includes(`${topics.events}-0 offset 2 waits for a release`) === true);
    expect([worker()?.state, await position(), (await rows()).length]).toEqual(['waiting', 2n, 2]);
    await group?.stop();
    await start(next, newest.types, 'wait');
    await until(async () => (await rows()).length === 4);
    expect((await rows()).map(({ type }) => type)).toEqual(['Left', 'Left', 'Cancelled', 'Left']);
  });
});
