import { Injectable } from '@nestjs/common';
import { Database } from './database.ts';

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
}
