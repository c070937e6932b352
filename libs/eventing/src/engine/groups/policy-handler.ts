import type { Delayed, Message, Received } from '../../domain/index.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import { derivedId } from '../../serde/message-id.ts';
import type { RecordReader } from '../../serde/record-reader.ts';
import type { RecordBuilder } from '../../serde/record-builder.ts';
import type { Clock } from '../../time/clock.ts';
import type { RecordHandler } from '../../failures/record-handler.ts';

/** What a policy says to an event: the commands that follow, now or later. */
export type Reaction = (event: Received) => Message | Delayed | readonly (Message | Delayed)[];

/** Runs a policy on one partition: events in, commands out, with ids that a replay derives again. */
export class PolicyHandler implements RecordHandler {
  private readonly group: string;
  private readonly reactions: ReadonlyMap<string, Reaction>;
  private readonly reader: RecordReader;
  private readonly builder: RecordBuilder;
  private readonly clock: Clock;

  constructor(
    group: string,
    reactions: ReadonlyMap<string, Reaction>,
    reader: RecordReader,
    builder: RecordBuilder,
    clock: Clock,
  ) {
    this.group = group;
    this.reactions = reactions;
    this.reader = reader;
    this.builder = builder;
    this.clock = clock;
  }

  concerns(record: ConsumedRecord): boolean {
    return this.reader.concerns(record);
  }

  prepare(records: readonly ConsumedRecord[]): Promise<void> {
    return this.reader.prepare(records);
  }

  handle(record: ConsumedRecord): OutgoingRecord[] {
    return this.reader.read(record).flatMap((event) => this.react(event));
  }

  get notices(): readonly string[] {
    return this.reader.notices;
  }

  private react(event: Received): OutgoingRecord[] {
    const reaction = this.reactions.get(event.type)?.(event) ?? [];
    const commands = Array.isArray(reaction)
      ? (reaction as (Message | Delayed)[])
      : [reaction as Message | Delayed];
    const { id, correlationId, traceparent } = event.metadata;
    const time = this.clock.now();
    const records = commands.map((command, index) => {
      const metadata = {
        id: derivedId(id, this.group, index),
        time,
        correlationId,
        causationId: id,
        ...(traceparent !== undefined && { traceparent }),
      };
      return 'delayMs' in command
        ? this.builder.delayed(command, metadata)
        : this.builder.record(command, metadata);
    });
    this.builder.refuseTooLarge(records, event.type);
    return records;
  }
}
