import { catalogue } from '@atelier/contracts';
import { type GroupName, topicOf } from '@atelier/eventing/domain';
import { Injectable } from '@nestjs/common';
import type { Place } from './consistency-token.ts';
import { Database } from './database.ts';
import { topicsOf } from './flows.ts';

@Injectable()
export class PositionsQueries {
  constructor(private readonly database: Database) {}

  /** The next offset that the projection will read, 0 before its first. */
  async next(projection: string, topic: string, partition: number): Promise<bigint> {
    const row = await this.database
      .selectFrom('read_model.projection_positions')
      .select('next_offset')
      .where('projection', '=', projection)
      .where('topic', '=', topic)
      .where('partition', '=', partition)
      .executeTakeFirst();
    return BigInt(row?.next_offset ?? 0);
  }

  /** The same, of every partition that it reads. */
  async of(projection: GroupName): Promise<readonly Place[]> {
    const rows = await this.database
      .selectFrom('read_model.projection_positions')
      .select(['topic', 'partition', 'next_offset'])
      .where('projection', '=', projection)
      .execute();
    const known = new Map(rows.map((row) => [`${row.topic} ${row.partition}`, BigInt(row.next_offset)]));
    return partitionsOf(projection).map(({ topic, partition }) => ({
      topic,
      partition,
      offset: known.get(`${topic} ${partition}`) ?? 0n,
    }));
  }
}

const partitionsOf = (projection: GroupName) =>
  topicsOf(projection).flatMap((topic) =>
    Array.from({ length: topicOf(catalogue, topic).partitions }, (_, partition) => ({ topic, partition })),
  );
