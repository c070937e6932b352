import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type ScratchReadModel, scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { patience } from '../../fixtures/until.ts';
import { deadLetterTopic, redriveTopic } from '../domain/index.ts';
import { CommitCycles } from '../engine/commits/commit-cycles.ts';
import type { Member } from '../engine/ports/membership.ts';
import { pure } from '../failures/failure-plan.ts';
import { FailureReporter } from '../failures/reporter.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import type { AnyDatabase, AnyTransaction } from './positions-table.ts';
import { EVENTING_SCHEMA } from './tables.ts';
import { ProjectionProcessor } from './projection-processor.ts';
import { RowCycles } from './row-cycles.ts';

const GROUP = 'projections.counts.v1';
const topic = 'counted';

describe('a projection on one partition', () => {
  const cluster = new MemoryCluster();
  const signal = patience();
  const codec = {
    prepare: async () => undefined,
    typeIn: () => ({ type: 'Counted', topic }),
    typeOf: () => ({ topic }),
    mayBeOn: () => true,
    newestOf: () => ['Counted'],
    read: () => ({ parts: [{ message: { type: 'Counted', data: {} }, path: '' }], original: undefined }),
  } as unknown as MessageCodec;
  const member = { confirmOwnership: async () => undefined } as unknown as Member;
  let model: ScratchReadModel;
  let database: AnyDatabase;

  beforeAll(async () => {
    model = await scratchReadModel();
    database = model.database;
    await sql`create table counts (id text, times integer)`.execute(database);
    const { broker } = cluster;
    for (const name of [topic, redriveTopic(GROUP, topic), deadLetterTopic(GROUP, topic)])
      broker.topics.create(name, 1);
    for (let offset = 0; offset < 4; offset++) broker.append(record());
  });
  beforeEach(() => sql`truncate counts, eventing.projection_positions`.execute(database));
  afterAll(() => model.drop());

  const record = () => ({ topic, partition: 0, key: null, value: Buffer.from('x'), headers: [] });
  const batch = (from: number, to: number) => ({
    records: Array.from({ length: to - from }, (_, index): ConsumedRecord => {
      const headers = [['ce_type', Buffer.from('Counted')]] as const;
      return { ...record(), offset: BigInt(from + index), timestamp: 0, headers };
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
    const at = { schema: EVENTING_SCHEMA, projection: GROUP, topic, partition: 0 };
    const projectors = new Map([['Counted', count]]);
    const failures = pure(GROUP, 'key');
    const cycles = new RowCycles({ ...at, clock: cluster.clock, database, projectors, failures });
    return new ProjectionProcessor({
      cluster,
      cycles,
      transactions: new CommitCycles(cluster, { service: 'spec', instance: 'spec', groups: [] }),
      member,
      database,
      codec,
      projectors,
      reporter: new FailureReporter({} as RecordBuilder),
      failures,
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
