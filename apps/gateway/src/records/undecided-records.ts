import { catalogue } from '@atelier/contracts';
import { LogPositions, RecordDecisions, type RecordPlace } from '@atelier/eventing';
import { Injectable } from '@nestjs/common';
import type { Pipeline } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';

/** Each sets aside what is no event of the topic, unless an earlier one of its key is in the way. */
const readersOf = (topic: string) =>
  catalogue.groups.filter(({ topics }) => topics.includes(topic)).map(({ group }) => group);
/** Why they set aside a record, or a whole batch, that is no event. */
const noEvent = ['Undecodable', 'BrokenBatch'];

/** Records that are no events, and hold up a decider until an operator has decided about them. */
@Injectable()
export class UndecidedRecords {
  constructor(
    private readonly database: Database,
    private readonly decisions: RecordDecisions,
    private readonly logs: LogPositions,
  ) {}

  /** The first one that the decider of this partition waits for: commands wait, and one is there. */
  async of({ commands, decider, events }: Pipeline, partition: number): Promise<RecordPlace | undefined> {
    const [handled, end] = await Promise.all([
      this.logs.committed(decider, commands, partition),
      this.logs.end(commands, partition),
    ]);
    if (handled >= end) return undefined;
    const offsets = await this.setAside(events, partition);
    if (offsets.length === 0) return undefined;
    const ignored = (await this.decisions.ignored()).filter(
      (decision) => decision.topic === events && decision.partition === partition,
    );
    const offset = offsets.find(
      (at) => !ignored.some((decision) => decision.offset <= at && at <= decision.lastOffset),
    );
    return offset === undefined ? undefined : { topic: events, partition, offset };
  }

  private async setAside(topic: string, partition: number): Promise<bigint[]> {
    const letters = await this.database
      .selectFrom('read_model.dead_letters')
      .select('offset')
      .where('group', 'in', readersOf(topic))
      .where('topic', '=', topic)
      .where('partition', '=', partition)
      .where('error_class', 'in', noEvent)
      .where('status', '!=', 'handled')
      .orderBy('offset')
      .execute();
    return letters.map(({ offset }) => BigInt(offset));
  }
}
