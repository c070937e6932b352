import 'reflect-metadata';
import { sql } from 'kysely';
import { doors } from '../fixtures/doors.ts';
import { scratchReadModel, type ScratchReadModel } from '../fixtures/scratch-read-model.ts';
import type { Message, Received } from '../src/domain/index.ts';
import { Project, Projection } from '../src/nest/handlers.ts';
import type { AnyDatabase, AnyTransaction } from '../src/postgres/positions-table.ts';
import { type GroupUnderTest, runGroup } from '../src/testing/run-group.ts';
import { SpecBroker } from '../src/testing/spec-broker.ts';

/**
 * What a projection costs whose six partitions share transactions, beside one whose partitions have their own (six members with one
 * partition each, in the same process), on a broker in memory and the database of DATABASE_URL. By turns, so that both have
 * the same machine: events that wait, and events that trickle in. CPU is this process's alone, not Postgres'.
 */
const PARTITIONS = 6;
const [backlog = 60_000, perSecond = 600, seconds = 10] = process.argv.slice(2).map(Number);

interface Figures {
  readonly events: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly transactions: number;
}

async function measured(model: ScratchReadModel, round: number, members: number) {
  const how = members === 1 ? 'together' : 'apart';
  const bench = await Bench.start(model.database);
  const replayed = await bench.measure(
    members,
    () => bench.publish(backlog),
    async () => {},
  );
  const trickled = await bench.measure(
    members,
    async () => {},
    () => bench.trickle(),
  );
  await bench.clear();
  return [line(round, how, 'waiting', replayed), line(round, how, 'trickling', trickled)];
}

const line = (
  round: number,
  how: string,
  load: string,
  { events, seconds, cpuMs, transactions }: Figures,
) => ({
  round,
  load,
  how,
  'events/s': Math.round(events / seconds),
  'CPU, µs/event': Math.round((1_000 * cpuMs) / events),
  transactions,
  'events/transaction': Number((events / transactions).toFixed(1)),
});

class Bench {
  private readonly broker: SpecBroker;
  private readonly parts: ReturnType<typeof doors>;
  private readonly database: AnyDatabase;
  private published = 0;

  private constructor(database: AnyDatabase) {
    const { name } = doors();
    this.parts = doors(name, `projections.${name}.v1`);
    this.broker = new SpecBroker(this.parts.contracts, PARTITIONS);
    this.database = database;
  }

  static async start(database: AnyDatabase): Promise<Bench> {
    return new Bench(database);
  }

  async publish(events: number): Promise<void> {
    const { Rung, Knocked } = this.parts;
    for (let n = 0; n < events; n++) {
      const door = `door-${n % 1_000}`;
      const message = n % 3 === 0 ? Knocked({ door }) : Rung({ door, times: n });
      await this.broker.publish(message, { id: `event-${this.published++}` });
    }
  }

  async trickle(): Promise<void> {
    const every = 10;
    const began = performance.now();
    const goal = this.published + perSecond * seconds;
    const start = this.published;
    while (this.published < goal) {
      const due = Math.min(goal, start + Math.floor(((performance.now() - began) * perSecond) / 1_000));
      await this.publish(due - this.published);
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }

  /** From the start of the group until it has written everything. */
  async measure(members: number, before: () => Promise<void>, load: () => Promise<void>): Promise<Figures> {
    await before();
    const written = await this.written();
    const groups: GroupUnderTest[] = [];
    const had = await this.transactions();
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    for (let n = 0; n < members; n++) groups.push(await this.member());
    await load();
    await this.broker.idle();
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    const transactions = (await this.transactions()) - had;
    for (const group of groups) await group.stop();
    const events = (await this.written()) - written;
    return { events, seconds: took / 1_000, cpuMs: (user + system) / 1_000, transactions };
  }

  async clear(): Promise<void> {
    await sql`truncate rung, knocked`.execute(this.database);
  }

  private member(): Promise<GroupUnderTest> {
    return runGroup(projection(this.parts), { broker: this.broker, database: this.database });
  }

  private async written(): Promise<number> {
    const { rows } = await sql<{
      n: string;
    }>`select (select count(*) from rung) + (select count(*) from knocked) n`.execute(this.database);
    return Number(rows[0]?.n);
  }

  /** Those that have written something. */
  private async transactions(): Promise<number> {
    const { rows } = await sql<{ n: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text n`.execute(
      this.database,
    );
    return Number(rows[0]?.n);
  }
}

/** One row for each event, all of a kind in one statement. */
function projection({ name, Rung, Knocked }: ReturnType<typeof doors>): object {
  class Doors {
    async rung(events: readonly Received[], rows: AnyTransaction): Promise<void> {
      await sql`insert into rung select id, door, times from jsonb_to_recordset(${json(events)}::jsonb)
        as row (id text, door text, times integer)`.execute(rows);
    }
    async knocked(events: readonly Received[], rows: AnyTransaction): Promise<void> {
      await sql`insert into knocked select id, door from jsonb_to_recordset(${json(events)}::jsonb)
        as row (id text, door text)`.execute(rows);
    }
  }
  Project(Rung)(Doors.prototype, 'rung', Object.getOwnPropertyDescriptor(Doors.prototype, 'rung') as never);
  Project(Knocked)(
    Doors.prototype,
    'knocked',
    Object.getOwnPropertyDescriptor(Doors.prototype, 'knocked') as never,
  );
  Projection({ name, version: 1 })(Doors);
  return new Doors();
}

const json = (events: readonly Received[]) =>
  JSON.stringify(
    events.map(({ data, metadata: { id } }) => ({ id, ...(data as Message['data'] as object) })),
  );

const model = await scratchReadModel();
await sql`create table rung (id text primary key, door text, times integer)`.execute(model.database);
await sql`create table knocked (id text primary key, door text)`.execute(model.database);
try {
  const rows = [];
  for (let round = 1; round <= 3; round++)
    for (const members of [PARTITIONS, 1]) rows.push(...(await measured(model, round, members)));
  console.table(rows);
} finally {
  await model.drop();
}
