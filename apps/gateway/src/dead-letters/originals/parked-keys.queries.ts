import type { ParkedAt } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import { Database } from '../../read-model/database.ts';

/** From where on the events of a parked key are not shown, and how far the projection has come. */
export type ParkedRange = Required<Pick<ParkedAt, 'since' | 'until'>>;

@Injectable()
export class ParkedKeysQueries {
  constructor(private readonly database: Database) {}

  /** Of a projection; undefined when its key does not wait for this dead letter. */
  async behind({ deadLetterId, group, topic, partition, key }: ParkedAt): Promise<ParkedRange | undefined> {
    const row = await this.database
      .selectFrom('read_model.parked_keys as parked')
      .innerJoin('read_model.projection_positions as position', (join) =>
        join
          .onRef('position.projection', '=', 'parked.projection')
          .onRef('position.topic', '=', 'parked.topic')
          .onRef('position.partition', '=', 'parked.partition'),
      )
      .select(['parked.since', 'position.next_offset'])
      .where('parked.projection', '=', group)
      .where('parked.topic', '=', topic)
      .where('parked.partition', '=', partition)
      .where('parked.key', '=', key)
      .where('parked.dead_letter_id', '=', deadLetterId)
      .executeTakeFirst();
    return row && { since: BigInt(row.since), until: BigInt(row.next_offset) };
  }
}
