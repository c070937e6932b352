import type { Delayed, Message, Received } from '../domain/index.ts';
import { classify } from '../failures/classification.ts';
import { deadLetter } from '../failures/dead-letter.ts';
import type { ConsumedRecord, OutgoingRecord } from '../kafka/record.ts';
import type { Handled, Handler } from '../kafka/transactional-processor.ts';
import type { MessageCodec } from '../serde/message-codec.ts';
import { derivedId } from '../serde/message-id.ts';
import { open } from './inbox.ts';
import type { Outbox } from './outbox.ts';

/** What a policy says to an event: the commands that follow, now or later. */
export type Reaction = (event: Received) => Message | Delayed | readonly (Message | Delayed)[];

/** Runs a policy on one partition: events in, commands out, with ids that a replay derives again. */
export class PolicyHandler implements Handler {
  private readonly group: string;
  private readonly reactions: ReadonlyMap<string, Reaction>;
  private readonly codec: MessageCodec;
  private readonly outbox: Outbox;

  constructor(group: string, reactions: ReadonlyMap<string, Reaction>, codec: MessageCodec, outbox: Outbox) {
    this.group = group;
    this.reactions = reactions;
    this.codec = codec;
    this.outbox = outbox;
  }

  async handle(records: readonly ConsumedRecord[]): Promise<Handled> {
    const output: OutgoingRecord[] = [];
    for (const opened of await open(this.codec, records, (type) => this.reactions.has(type))) {
      try {
        if ('error' in opened) throw opened.error;
        output.push(...this.react(opened.message));
      } catch (error) {
        if (classify(error, 'fatal') === 'unavailable') throw error;
        const handler = 'message' in opened ? `${this.group} ${opened.message.type}` : this.group;
        output.push(deadLetter(opened.record, { group: this.group, handler, attempts: 1, error }));
      }
    }
    return { output };
  }

  private react(event: Received): OutgoingRecord[] {
    const reaction = this.reactions.get(event.type)?.(event) ?? [];
    const commands = Array.isArray(reaction)
      ? (reaction as (Message | Delayed)[])
      : [reaction as Message | Delayed];
    const { id, correlationId, traceparent } = event.metadata;
    return commands.map((command, index) => {
      const metadata = {
        id: derivedId(id, this.group, index),
        time: Date.now(),
        correlationId,
        causationId: id,
        ...(traceparent !== undefined && { traceparent }),
      };
      return 'delayMs' in command
        ? this.outbox.delayed(command, metadata)
        : this.outbox.record(command, metadata);
    });
  }
}
