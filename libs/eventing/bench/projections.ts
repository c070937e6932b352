import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { doors } from '../fixtures/doors.ts';
import { scratchReadModel } from '../fixtures/scratch-read-model.ts';
import type { Received } from '../src/domain/index.ts';
import type { Member } from '../src/engine/ports/membership.ts';
import type { Processor } from '../src/engine/worker/processor.ts';
import type { ConsumedRecord } from '../src/log/record.ts';
import { Project, Projection } from '../src/nest/handlers.ts';
import type { AnyDatabase, AnyTransaction } from '../src/postgres/positions-table.ts';
import { RecordBuilder } from '../src/serde/record-builder.ts';
import { specOf } from '../src/testing/declaration.ts';
import { planGroup, type PlannedGroup } from '../src/testing/run-group.ts';
import { SpecBroker } from '../src/testing/spec-broker.ts';

/**
 * What a projection costs whose six partitions share transactions, beside six that have one partition each, in the same process: events
 * that wait, and events that trickle in. By turns, so that both have the same machine. Records come from memory, rows go to
 * the database of DATABASE_URL; CPU is this process's alone, not Postgres'. Arguments: events that wait, then how many a second
 * trickle in, and for how many seconds.
 */
const [waiting = 60_000, perSecond = 600, seconds = 10] = process.argv.slice(2).map(Number);
const PARTITIONS = 6;
const BATCH = 500;
const ROUNDS = 4;
/** Milliseconds that a worker rests whose processor does not. */
const [SHORTEST_REST, LONGEST_REST] = [10, 250];
const signal = new AbortController().signal;
const member = { confirmOwnership: async () => ({}) } as unknown as Member;

/** How many records of a partition are there by now. */
type Arrived = (all: number) => number;

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
  const method = (name: keyof Doors) => Object.getOwnPropertyDescriptor(Doors.prototype, name) as never;
  Project(Rung)(Doors.prototype, 'rung', method('rung'));
  Project(Knocked)(Doors.prototype, 'knocked', method('knocked'));
  Projection({ name, version: 1 })(Doors);
  return new Doors();
}

const json = (events: readonly Received[]) =>
  JSON.stringify(events.map(({ data, metadata: { id } }) => ({ id, ...(data as object) })));

/** A projection that has written nothing yet, and its records by partition. */
async function prepared(database: AnyDatabase, plans: number, events: number) {
  const { name } = doors();
  const parts = doors(name, `projections.${name}.v1`);
  const broker = new SpecBroker(parts.contracts, PARTITIONS);
  const planned: PlannedGroup[] = [];
  for (let n = 0; n < plans; n++) planned.push(await planGroup(projection(parts), { broker, database }));
  const at = (partition: number) => ({ topic: parts.events, partition });
  const processors = Array.from({ length: PARTITIONS }, (_, partition) =>
    planned[partition % plans]?.plan.processor(at(partition), member),
  ) as Processor[];
  for (const processor of processors) await processor.assign(signal);
  const builder = new RecordBuilder(broker.codec, broker.catalogueWith(specOf(projection(parts))), 'bench');
  const records: ConsumedRecord[][] = processors.map(() => []);
  for (let n = 0; n < events; n++) {
    const door = `door-${n % 1_000}`;
    const message = n % 3 === 0 ? parts.Knocked({ door }) : parts.Rung({ door, times: n });
    const id = `${name}/${n}`;
    const record = builder.record(message, { id, time: 1, correlationId: id });
    const into = records[record.partition] as ConsumedRecord[];
    into.push({ ...record, offset: BigInt(into.length), timestamp: 1 });
  }
  return { topic: parts.events, processors, records, clean: () => planned.forEach(({ clean }) => clean()) };
}

/** Works through one partition, as its worker does. */
async function work(
  processor: Processor,
  topic: string,
  records: readonly ConsumedRecord[],
  arrived: Arrived,
) {
  for (let done = 0; done < records.length;) {
    const there = arrived(records.length);
    if (there <= done) {
      await sleep(5);
      continue;
    }
    const batch = records.slice(done, Math.min(there, done + BATCH));
    const began = performance.now();
    done += batch.length;
    await processor.process({ topic, records: batch, nextOffset: BigInt(done) }, signal, () => undefined);
    const took = performance.now() - began;
    const rests = !processor.paced && batch.length < BATCH;
    if (rests) await sleep(Math.min(Math.max(took, SHORTEST_REST), LONGEST_REST));
  }
}

/** Transactions that have written something. */
async function transactions(database: AnyDatabase): Promise<number> {
  const { rows } = await sql<{ n: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text n`.execute(
    database,
  );
  return Number(rows[0]?.n);
}

async function measured(database: AnyDatabase, plans: number, events: number, arriving: () => Arrived) {
  const { topic, processors, records, clean } = await prepared(database, plans, events);
  const had = await transactions(database);
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const arrived = arriving();
  await Promise.all(processors.map((each, n) => work(each, topic, records[n] ?? [], arrived)));
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const written = (await transactions(database)) - had;
  await sql`truncate rung, knocked`.execute(database);
  clean();
  return {
    'events/s': Math.round((1_000 * events) / took),
    'CPU, µs/event': Math.round((user + system) / events),
    transactions: written,
    'events/transaction': Math.round(events / written),
  };
}

const all: Arrived = (all) => all;
const trickling = (): Arrived => {
  const began = performance.now();
  return (all) => Math.min(all, Math.floor((all * (performance.now() - began)) / (1_000 * seconds)));
};

const model = await scratchReadModel();
await sql`create table rung (id text primary key, door text, times integer)`.execute(model.database);
await sql`create table knocked (id text primary key, door text)`.execute(model.database);
const rows: object[] = [];
for (let round = 1; round <= ROUNDS; round++)
  for (const [how, plans] of [
    ['apart', PARTITIONS],
    ['together', 1],
  ] as const) {
    const replayed = await measured(model.database, plans, waiting, () => all);
    rows.push({ round, load: 'waiting', how, ...replayed });
    const followed = await measured(model.database, plans, perSecond * seconds, trickling);
    rows.push({ round, load: 'trickling', how, ...followed });
  }
console.table(rows);
await model.drop();
