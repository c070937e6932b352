import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { withSideTopics } from '../domain/index.ts';
import type { GroupMember } from '../kafka/group-member.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { createTopics } from '../kafka/topics.ts';
import { pure } from '../failures/failure-plan.ts';
import { FailureReporter } from '../failures/reporter.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { migrateEventing } from './migrate.ts';
import { EVENTING_SCHEMA } from './tables.ts';
import { patience, record, scratchClient, scratchName, scratchTopic } from '../testing/scratch-broker.ts';
import type { AnyDatabase, AnyTransaction } from './positions-table.ts';
import { ProjectionProcessor } from './projection-processor.ts';

const server = process.env['DATABASE_URL'] ?? '';
const name = scratchName('spec').replaceAll('-', '_');

const connect = (connectionString: string, max = 4): AnyDatabase =>
  new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max }) }) });

async function onServer(statement: string): Promise<void> {
  const connection = connect(server, 1);
  await sql.raw(statement).execute(connection);
  await connection.destroy();
}

describe('a projection on one partition', () => {
  const client = scratchClient();
  const signal = patience();
  const codec = {
    prepare: async () => undefined,
    typeIn: () => ({ type: 'Counted', topic }),
    typeOf: () => ({ topic }),
    decode: () => ({ type: 'Counted', data: {} }),
  } as unknown as MessageCodec;
  const member = { confirmOwnership: async () => undefined } as unknown as GroupMember;
  let database: AnyDatabase;
  let topic: string;

  beforeAll(async () => {
    await onServer(`create database ${name}`);
    database = connect(server.replace(/\/[^/]*$/, `/${name}`));
    await migrateEventing(database);
    await sql`create table counts (id text, times integer)`.execute(database);
    topic = await scratchTopic(client);
    const source = { name: topic, partitions: 1, retentionMs: -1, maxMessageBytes: 1_048_588, writers: [] };
    const spec = { group: 'projections.counts.v1', kind: 'projection', topics: [topic] } as const;
    await createTopics(client, withSideTopics([source], [spec]).topics, { factor: 1, minInSync: 1 });
    const appender = new LogAppender(client);
    for (let offset = 0; offset < 4; offset++) await appender.append(record(topic, String(offset)));
  });
  beforeEach(() => sql`truncate counts, eventing.projection_positions`.execute(database));
  afterAll(async () => {
    await database.destroy();
    await client.close();
    await onServer(`drop database ${name} with (force)`);
  });

  const batch = (from: number, to: number) => ({
    records: Array.from({ length: to - from }, (_, index): ConsumedRecord => {
      const headers = [['ce_type', Buffer.from('Counted')]] as const;
      return { ...record(topic, 'x'), offset: BigInt(from + index), timestamp: 0, headers };
    }),
    topic,
    nextOffset: BigInt(to),
  });

  const processor = (before: () => Promise<void>) => {
    const count = async (
      events: readonly { readonly metadata: { readonly id: string } }[],
      rows: AnyTransaction,
    ) => {
      await before();
      for (const { metadata } of events)
        await sql`insert into counts values (${metadata.id}, 1)`.execute(rows);
    };
    const at = { schema: EVENTING_SCHEMA, projection: 'projections.counts.v1', topic, partition: 0 };
    return new ProjectionProcessor({
      cluster: new KafkaCluster(client.sibling('spec')),
      member,
      database,
      codec,
      projectors: new Map([['Counted', count]]),
      reporter: new FailureReporter({} as RecordBuilder),
      failures: pure('projections.counts.v1', 'key'),
      service: 'spec',
      version: '1',
      at,
    });
  };

  const counted = async () => {
    const { rows } = await sql<{
      id: string;
      n: string;
    }>`select id, count(*) n from counts group by id order by id`.execute(database);
    return rows.map(({ id, n }) => `${id.split('/').at(-1)}:${n}`);
  };

  it('writes rows and position together, and goes on from there', async () => {
    const projection = processor(async () => undefined);
    expect((await projection.assign(signal)).get(topic)).toBe(0n);
    await projection.process(batch(0, 3), signal);
    expect((await projection.assign(signal)).get(topic)).toBe(3n);
    expect(await counted()).toEqual(['0:1', '1:1', '2:1']);
    await projection.close();
  });

  it('rolls a run back that was given up, however late it ends (it had moved the position back)', async () => {
    const gate = Promise.withResolvers<void>();
    let first = true;
    const projection = processor(() => {
      if (!first) return Promise.resolve();
      first = false;
      return gate.promise;
    });
    await projection.assign(signal);
    let givenUp = false;
    const late = projection.process(batch(0, 3), signal, () => {
      if (givenUp) throw new Error('given up');
    });
    givenUp = true;
    expect((await projection.assign(signal)).get(topic)).toBe(0n);
    gate.resolve();
    await expect(late).rejects.toThrow('given up');
    await projection.process(batch(0, 1), signal);
    await projection.process(batch(1, 4), signal);
    expect((await projection.assign(signal)).get(topic)).toBe(4n);
    expect(await counted()).toEqual(['0:1', '1:1', '2:1', '3:1']);
    await projection.close();
  });

  it('never goes by the position of a run that came after it', async () => {
    const gate = Promise.withResolvers<void>();
    let first = true;
    const slow = () => {
      if (!first) return Promise.resolve();
      first = false;
      return gate.promise;
    };
    const projection = processor(slow);
    await projection.assign(signal);
    // Nobody gives this run up: it commits late, and what was fetched again meanwhile must not commit after it.
    const late = projection.process(batch(0, 3), signal);
    await projection.assign(signal);
    const again = projection.process(batch(0, 1), signal);
    gate.resolve();
    const outcomes = await Promise.allSettled([late, again]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const position = (await projection.assign(signal)).get(topic);
    await projection.process(batch(Number(position), 4), signal);
    expect(await counted()).toEqual(['0:1', '1:1', '2:1', '3:1']);
    await projection.close();
  });
});
