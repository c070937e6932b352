import type { Member } from '../engine/membership.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { sql } from 'kysely';
import { deadLetterTopic, type Received, redriveTopic } from '../domain/index.ts';
import { redriveCopy, releaseMark } from '../failures/copies.ts';
import { originalOf } from '../failures/failure-headers.ts';
import { type FailurePlan, pure } from '../failures/failure-plan.ts';
import { type FailureReports, FailureReporter } from '../failures/reporter.ts';
import type { KafkaClient } from '../kafka/client.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import type { AnyDatabase } from '../postgres/positions-table.ts';
import { ProjectionProcessor, type ProjectionOptions } from '../postgres/projection-processor.ts';
import { EVENTING_SCHEMA } from '../postgres/tables.ts';
import { failureIn } from './diverting-group.ts';
import { doors, type Doors } from './doors.ts';
import { nothingIsOpen } from './nothing-is-open.ts';
import { readTopic } from './read-topic.ts';
import { until } from './scratch-broker.ts';
import { writeAsLibrary } from './written-by-library.ts';

/** Whether an event fails, by its id: with what, or undefined. */
export type FailsById = (id: string) => unknown;
type More = Pick<FailurePlan, 'errors'> & Pick<ProjectionOptions, 'maxParkedKeys' | 'ignored'>;

/**
 * A projection of doors that are there, which fails as it is told, and writes one row for each event. What it tells about
 * dead letters are commands, for doors named after what happened: `dead/<event>/<redrives>`, `handled/<redrives>`.
 */
export function projectionOf(
  client: KafkaClient,
  database: AnyDatabase,
  { group, events, codec, builder, Open }: Doors,
  fails: FailsById,
  { errors, ...more }: More = {},
) {
  const consumers: GroupConsumer[] = [];
  const reports: FailureReports = {
    deadLettered: ({ messageId, redrives }) => Open({ door: `dead/${messageId}/${redrives}` }),
    handled: ({ redrives }) => Open({ door: `handled/${redrives}` }),
  };

  const processor = (member: Member, failpoint: Failpoint = async () => undefined) =>
    new ProjectionProcessor({
      ...more,
      failures: pure(group, 'key', errors),
      cluster: new KafkaCluster(client.sibling('projection')),
      member,
      database,
      codec,
      at: { schema: EVENTING_SCHEMA, projection: group, topic: events, partition: 0 },
      reporter: new FailureReporter(builder, reports),
      service: 'spec',
      version: '1',
      failpoint,
      projectors: new Map([
        [
          'Rung',
          async (received: readonly Received[], rows) => {
            for (const { metadata } of received) {
              const error = fails(metadata.id);
              await sql`insert into seen (projection, id) values (${group}, ${metadata.id})`.execute(rows);
              if (error !== undefined) throw error;
            }
          },
        ],
      ]),
    });

  /** `instanceId`: of a member that keeps its partitions when its process is killed and started again. */
  function start(failpoint?: Failpoint, instanceId?: string): GroupConsumer {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [events],
      log: silent,
      ...(instanceId !== undefined && { instanceId }),
      processor: (_, member) => processor(member, failpoint),
    });
    consumers.push(consumer);
    consumer.start();
    return consumer;
  }

  const stop = () => Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
  return { processor, start, stop };
}

/** Such a projection of doors of its own, and what there is to see of it. */
export async function parkingProjection(
  client: KafkaClient,
  database: AnyDatabase,
  fails: FailsById,
  more: More = {},
) {
  const parts = await doors(client, { kind: 'projection' });
  const { group, events, commands } = parts;
  await sql`create table if not exists seen (n serial, projection text, id text)`.execute(database);
  const running = projectionOf(client, database, parts, fails, more);

  const read = async (topic: string) => {
    await until(() => nothingIsOpen(client, topic));
    return readTopic(client, topic);
  };
  const ids = (records: readonly ConsumedRecord[], name = 'ce_id') =>
    records.map(({ headers }) => header(headers, name));

  return {
    ...parts,
    ...running,
    read,
    deadLetters: () => read(deadLetterTopic(group, events)),
    dead: async () => ids(await read(deadLetterTopic(group, events))),
    told: async () => ids(await read(commands), 'ce_subject'),
    /** An event's id is its door and a number. */
    ringAll: (all: readonly string[]) => Promise.all(all.map((id) => parts.ring(id[0] ?? '', 1, id))),
    redrive: (letter: ConsumedRecord) =>
      writeAsLibrary(client, [
        redriveCopy(originalOf(letter), failureIn(letter), {
          topic: redriveTopic(group, events),
          since: Date.now(),
        }),
      ]),
    discard: (letter: ConsumedRecord) =>
      writeAsLibrary(client, [releaseMark({ id: failureIn(letter).id, group }, { ...originalOf(letter) })]),
    /** Ids of the events whose rows are there, in the order in which they were written. */
    seen: async () =>
      (
        await sql<{ id: string }>`select id from seen where projection = ${group} order by n`.execute(
          database,
        )
      ).rows.map(({ id }) => id),
    parked: async () =>
      (
        await sql<{ key: string }>`select key from eventing.parked_keys where projection = ${group}
          order by key`.execute(database)
      ).rows.map(({ key }) => key),
    unpublished: async () =>
      (await sql`select 1 from eventing.dead_letter_outbox where projection = ${group}`.execute(database))
        .rows.length,
    position: async (topic = events) =>
      BigInt(
        (
          await sql<{ next_offset: string }>`select next_offset from eventing.projection_positions
            where projection = ${group} and topic = ${topic}`.execute(database)
        ).rows[0]?.next_offset ?? -1,
      ),
  };
}

export type ParkingProjection = Awaited<ReturnType<typeof parkingProjection>>;
