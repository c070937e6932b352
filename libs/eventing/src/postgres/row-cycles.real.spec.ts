import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { connect, type ScratchReadModel, scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { until } from '../../fixtures/until.ts';
import type { Received } from '../domain/index.ts';
import { pure } from '../failures/failure-plan.ts';
import { systemClock } from '../time/system-clock.ts';
import { type AnyDatabase, type AnyTransaction, PositionHeld, PositionMoved } from './positions-table.ts';
import { RowCycles, type RowShare } from './row-cycles.ts';
import { EVENTING_SCHEMA } from './tables.ts';

const PROJECTION = 'projections.counts.v1';
const topic = 'counted';
const PARTITIONS = [0, 1, 2, 3, 4, 5];

/** What became of each. */
async function outcomesOf(all: readonly Promise<void>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(all);
  return settled.map((one) => (one.status === 'fulfilled' ? 'written' : one.reason));
}

describe('what the partitions of a projection have to write', () => {
  let model: ScratchReadModel;
  let database: AnyDatabase;
  /** What each call of the projector was about. */
  let calls: string[][];
  let before: (partition: number) => Promise<void>;
  let after: (partition: number, rows: AnyTransaction) => Promise<unknown>;

  beforeAll(async () => {
    model = await scratchReadModel();
    database = model.database;
    await sql`create table counts (id text primary key, partition integer)`.execute(database);
  });
  beforeEach(async () => {
    [calls, before, after] = [[], async () => undefined, async () => undefined];
    await sql`truncate counts, eventing.projection_positions`.execute(database);
    await sql`insert into eventing.projection_positions
      select ${PROJECTION}, ${topic}, n, 0 from generate_series(0, 5) n`.execute(database);
  });
  afterAll(() => model.drop());

  const count = async (events: readonly Received[], rows: AnyTransaction) => {
    calls.push(events.map(({ metadata }) => metadata.id));
    for (const { metadata } of events) {
      const [partition = ''] = metadata.subject;
      await before(Number(partition));
      await sql`insert into counts values (${metadata.id}, ${partition}::int)
        on conflict (id) do update set partition = excluded.partition`.execute(rows);
      await after(Number(partition), rows);
    }
  };
  const projectors = new Map([
    ['Counted', count],
    ['Recounted', count],
  ]);

  const cyclesOn = (own: AnyDatabase) =>
    new RowCycles({
      clock: systemClock,
      database: own,
      schema: EVENTING_SCHEMA,
      projection: PROJECTION,
      projectors,
      failures: pure(PROJECTION, 'key'),
    });

  const share = (partition: number, from = 0n, more: Partial<RowShare> = {}): RowShare => ({
    topic,
    partition,
    from,
    to: from + 2n,
    events: ['Counted', 'Recounted'].map((type, index) => {
      const id = `${partition}/${from + BigInt(index)}`;
      return {
        type,
        data: {},
        metadata: { id, subject: `${partition}`, time: 1, source: 's', correlationId: id },
      };
    }) as unknown as readonly Received[],
    handled: () => undefined,
    alone: () => Promise.reject(new Error(`${partition} alone`)),
    ...more,
  });

  /** Those that are handed in at once are one transaction. */
  const all = (cycles: RowCycles, shares: readonly RowShare[]) => shares.map((each) => cycles.commit(each));
  const writtenOf = (partition: number) => [`${partition}/0`, `${partition}/1`];
  const counted = async () => {
    const { rows } = await sql<{ id: string }>`select id from counts order by id`.execute(database);
    return rows.map(({ id }) => id);
  };
  const positions = async () => {
    const { rows } = await sql<{ next_offset: string }>`select next_offset from eventing.projection_positions
      order by "partition"`.execute(database);
    return rows.map(({ next_offset }) => Number(next_offset));
  };

  it('is one transaction for all of them, with one call for all events of a kind (it was one for each partition)', async () => {
    const outcomes = await outcomesOf(
      all(
        cyclesOn(database),
        PARTITIONS.map((at) => share(at)),
      ),
    );
    expect(outcomes).toEqual(PARTITIONS.map(() => 'written'));
    expect(await positions()).toEqual(PARTITIONS.map(() => 2));
    expect(calls).toEqual([PARTITIONS.map((at) => `${at}/0`), PARTITIONS.map((at) => `${at}/1`)]);
    const { rows } = await sql`select xmin::text from counts
      union select xmin::text from eventing.projection_positions`.execute(database);
    expect(rows).toHaveLength(1);
  });

  it('goes without the partition whose position somebody else has moved, in the same transaction', async () => {
    await sql`update eventing.projection_positions set next_offset = 7 where "partition" = 2`.execute(
      database,
    );
    const outcomes = await outcomesOf(
      all(
        cyclesOn(database),
        [1, 2, 3].map((at) => share(at)),
      ),
    );
    expect(outcomes).toEqual(['written', expect.any(PositionMoved), 'written']);
    expect([await positions(), calls.length]).toEqual([[0, 2, 7, 2, 0, 0], 2]);
    expect(await counted()).toEqual([...writtenOf(1), ...writtenOf(3)]);
  });

  it('goes without the partition whose position another transaction holds, and does not wait for it', async () => {
    const other = await database.startTransaction().execute();
    await sql`select 1 from eventing.projection_positions where "partition" = 2 for update`.execute(other);
    const outcomes = await outcomesOf(
      all(
        cyclesOn(database),
        [1, 2, 3].map((at) => share(at)),
      ),
    );
    await other.rollback().execute();
    expect(outcomes).toEqual(['written', expect.any(PositionHeld), 'written']);
    expect(await positions()).toEqual([0, 2, 0, 2, 0, 0]);
  });

  it('is written apart, each by itself, when an event of one of them cannot be written', async () => {
    before = async (partition) => {
      if (partition === 2 && calls.length === 1) throw new Error('never');
    };
    const apart: number[] = [];
    const alone = (partition: number) => async () => void apart.push(partition);
    const shares = [1, 2, 3].map((at) => share(at, 0n, { alone: alone(at) }));
    expect(await outcomesOf(all(cyclesOn(database), shares))).toEqual(['written', 'written', 'written']);
    expect([apart, await counted(), await positions()]).toEqual([[1, 2, 3], [], [0, 0, 0, 0, 0, 0]]);
  });

  it('is written apart when a projector has caught an error of its own: Postgres does not commit after it', async () => {
    after = async (partition, rows) => {
      if (partition === 2 && calls.length === 2) await sql`select 1 / 0`.execute(rows).catch(() => undefined);
    };
    const apart: number[] = [];
    const shares = [1, 2].map((at) => share(at, 0n, { alone: async () => void apart.push(at) }));
    expect(await outcomesOf(all(cyclesOn(database), shares))).toEqual(['written', 'written']);
    expect([apart, await counted()]).toEqual([[1, 2], []]);
  });

  it('is written apart when a row of one of them is locked, and what follows is not held up by that one', async () => {
    await sql`insert into counts values ('2/0', 0)`.execute(database);
    const other = await database.startTransaction().execute();
    await sql`select 1 from counts where id = '2/0' for update`.execute(other);
    const cycles = cyclesOn(database);
    const locked = Promise.withResolvers<void>();
    const shares = [1, 2].map((at) =>
      share(at, 0n, { alone: () => (at === 2 ? locked.promise : Promise.resolve()) }),
    );
    const [one, two] = all(cycles, shares);
    await one;
    await cycles.commit(share(3));
    expect(await counted()).toEqual(['2/0', ...writtenOf(3)]);
    await other.rollback().execute();
    locked.resolve();
    await two;
  });

  it('is written apart when the projector hangs, as soon as the server has ended the transaction', async () => {
    before = (partition) => (partition === 2 ? new Promise(() => undefined) : Promise.resolve());
    const cycles = cyclesOn(model.connect().database);
    const free = (partition: number) => async () => {
      const position = sql`select 1 from eventing.projection_positions where "partition" = ${partition}
        for update nowait`;
      expect((await position.execute(database)).rows).toHaveLength(1);
    };
    const shares = [1, 2].map((at) => share(at, 0n, { alone: free(at) }));
    expect(await outcomesOf(all(cycles, shares))).toEqual(['written', 'written']);
    expect(await counted()).toEqual([]);
  });

  it('is written apart when the projector goes on after the server has ended the transaction (that was an outage, for ever)', async () => {
    before = (partition) => (partition === 2 ? sleep(6_000) : Promise.resolve());
    const cycles = cyclesOn(model.connect().database);
    const shares = [1, 2].map((at) => share(at, 0n, { alone: () => Promise.resolve() }));
    expect(await outcomesOf(all(cycles, shares))).toEqual(['written', 'written']);
    expect(await counted()).toEqual([]);
  });

  it('is rolled back of a run that was given up, and written of the others', async () => {
    const handled = () => {
      throw new Error('given up');
    };
    const shares = [share(1), share(2, 0n, { handled }), share(3)];
    const outcomes = await outcomesOf(all(cyclesOn(database), shares));
    expect(outcomes).toEqual(['written', expect.objectContaining({ message: 'given up' }), 'written']);
    expect([await positions(), await counted()]).toEqual([
      [0, 2, 0, 2, 0, 0],
      [...writtenOf(1), ...writtenOf(3)],
    ]);
  });

  it('is never twice in one transaction: a run that was given up may have left its share behind', async () => {
    const outcomes = await outcomesOf(all(cyclesOn(database), [share(1), share(1), share(2)]));
    expect(outcomes).toEqual(['written', expect.any(PositionMoved), 'written']);
  });

  it('waits when the server is away: nobody is to blame', async () => {
    const process = model.connect();
    before = () => process.cut();
    const outcomes = await outcomesOf(all(cyclesOn(process.database), [share(1), share(2)]));
    expect(outcomes).toEqual(
      [1, 2].map(() => expect.objectContaining({ message: expect.not.stringMatching('alone') })),
    );
    expect(await counted()).toEqual([]);
    await process.database.destroy();
  });

  it('is written once by two processes that both believe that it is theirs, and neither waits for the other (deadlocks)', async () => {
    const deadlocks = async () => {
      const { rows } = await sql<{ deadlocks: string }>`select deadlocks from pg_stat_database
        where datname = current_database()`.execute(database);
      return rows[0]?.deadlocks;
    };
    const had = await deadlocks();
    const others = connect(model.url, 4);
    const [one, two] = [cyclesOn(database), cyclesOn(others)];
    for (let round = 0n; round < 40n; round += 2n) {
      const shares = [
        ...PARTITIONS.map((at) => one.commit(share(at, round))),
        ...PARTITIONS.toReversed().map((at) => two.commit(share(at, round))),
      ];
      const outcomes = await outcomesOf(shares);
      // Whoever found one held has nothing to write there, or begins anew.
      for (const outcome of outcomes)
        if (outcome !== 'written')
          expect([PositionMoved, PositionHeld]).toContain((outcome as Error).constructor);
      expect(await positions()).toEqual(PARTITIONS.map(() => Number(round) + 2));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(PARTITIONS.length);
    }
    expect(await deadlocks()).toBe(had);
    await until(async () => (await counted()).length === 40 * PARTITIONS.length);
    await others.destroy();
  });
});
