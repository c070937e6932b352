import { partitionKey, type BaseOffsets } from '../../log/partitions.ts';
import {
  type AnyDecider,
  decide,
  EventingError,
  evolve,
  type Message,
  type Metadata,
  partsOf,
  type Received,
} from '../../domain/index.ts';
import { classify } from '../../failures/classification.ts';
import { type Attempted, failedForGood } from '../../failures/attempts.ts';
import { type PureGroup, pureVerdict } from '../../failures/pure-verdict.ts';
import type { Log } from '../../log/log.ts';
import { HaltError } from '../../log/errors.ts';
import type { Failpoint } from '../failpoints.ts';
import type { ConsumedRecord, OutgoingRecord } from '../../log/record.ts';
import type { Handled, Handler } from '../handler.ts';
import type { MessageCodec } from '../../serde/message-codec.ts';
import { derivedId } from '../../serde/message-id.ts';
import type { DeciderState } from '../../state/decider-state.ts';
import type { StateOverlay } from '../../state/state-overlay.ts';
import { open, type Opened, partMetadata } from '../../serde/received-records.ts';
import type { RecordBuilder } from '../../serde/record-builder.ts';

export interface DeciderOptions extends Omit<PureGroup, 'group'> {
  readonly failpoint: Failpoint;
}

/**
 * Runs a decider on one partition: commands in, events out, state from those events. Decisions of a batch live in
 * an overlay that is written only after the commit; a command that throws leaves no trace in it.
 */
export class DeciderHandler implements Handler {
  private readonly rules: AnyDecider;
  private readonly codec: MessageCodec;
  private readonly builder: RecordBuilder;
  private readonly state: DeciderState;
  private readonly options: DeciderOptions;

  constructor(
    rules: AnyDecider,
    codec: MessageCodec,
    builder: RecordBuilder,
    state: DeciderState,
    options: DeciderOptions,
  ) {
    this.rules = rules;
    this.codec = codec;
    this.builder = builder;
    this.state = state;
    this.options = options;
  }

  restore(log: Log, signal: AbortSignal): Promise<void> {
    return this.state.restore(log, signal);
  }

  async handle(records: readonly ConsumedRecord[]): Promise<Handled> {
    const overlay = this.state.overlay();
    const events: OutgoingRecord[] = [];
    const told: OutgoingRecord[] = [];
    for (const opened of await open(this.codec, records, () => true)) {
      told.push(...this.follows(opened, overlay, events));
    }
    return {
      output: [...events, ...told],
      committed: (offsets) => this.commit(overlay, events, offsets),
    };
  }

  async close(): Promise<void> {
    await this.options.clock.during(this.state.close());
  }

  /** Adds the events that answer the command. Throws when a dependency is down. */
  private attempt(opened: Opened, overlay: StateOverlay, events: OutgoingRecord[]): Attempted {
    try {
      if ('error' in opened) throw opened.error;
      events.push(...this.answer(commandIn(opened.messages), opened.record.partition, overlay));
      return { output: [] };
    } catch (error) {
      if (error instanceof HaltError || classify(error, 'fatal') === 'unavailable') throw error;
      return failedForGood(error, this.options.clock.now());
    }
  }

  /** What is published beside the events. Dead letters of commands are given back among the commands. */
  private follows(
    opened: Opened,
    overlay: StateOverlay,
    events: OutgoingRecord[],
  ): readonly OutgoingRecord[] {
    const { group } = this.rules;
    return pureVerdict(opened.record, () => this.attempt(opened, overlay, events), {
      ...this.options,
      group,
    }).output;
  }

  /** The events that answer a command, folded into the overlay: all of them or, when a rule throws, none. */
  private answer(command: Received, partition: number, overlay: StateOverlay): OutgoingRecord[] {
    const key = this.builder.keyOf(command);
    this.refuseForeign(command, key, partition);
    const aggregate = overlay.aggregate(key);
    const decisions = this.decide(command, aggregate.state, overlay);
    const now = this.options.clock.now();
    let { state, version } = aggregate;
    const records = decisions.map((event, index) => {
      const metadata = this.metadata(command, index, ++version, now);
      const record = this.builder.record(event, metadata);
      if (record.topic !== this.rules.events.topic || record.partition !== partition)
        throw new WrongAggregate(event.type, key);
      state = this.evolve(state, event, { ...metadata, subject: key, source: this.builder.source });
      return record;
    });
    this.builder.refuseTooLarge(records, command.type);
    if (records.length > 0) {
      overlay.set(key, { state, version });
      overlay.remember(command.metadata.id, { time: now, requestHash: command.metadata.requestHash ?? '' });
    }
    return records;
  }

  /** As the event will be read: one of a former type as what it is now. */
  private evolve(state: unknown, event: Message, metadata: Metadata): unknown {
    return partsOf(this.rules.events, event).reduce(
      (before, { message, path }) =>
        evolve(this.rules, before, { ...message, metadata: partMetadata(metadata, path) }),
      state,
    );
  }

  private decide(command: Received, state: unknown, overlay: StateOverlay): readonly Message[] {
    const { id, requestHash } = command.metadata;
    const handled = overlay.handled(id);
    if (!handled) return decide(this.rules, command, state);
    if (requestHash === undefined || requestHash === handled.requestHash || !this.rules.refuseReusedKey)
      return [];
    if (overlay.refusedReuse(id, requestHash)) return [];
    return [this.rules.refuseReusedKey(command, state)];
  }

  private metadata({ metadata }: Received, index: number, version: number, time: number) {
    const { id, correlationId, requestHash, traceparent } = metadata;
    return {
      id: derivedId(id, `${this.rules.events.topic}/${requestHash ?? ''}`, index),
      time,
      correlationId,
      causationId: id,
      version,
      ...(requestHash !== undefined && { requestHash }),
      ...(traceparent !== undefined && { traceparent }),
    };
  }

  /** A command on a partition that is not its key's would be a second writer of another partition's aggregate. */
  private refuseForeign(command: Received, key: string, partition: number): void {
    if (this.builder.partitionOf(this.rules.commands.topic, key) !== partition)
      throw new WrongPartition(command.type, key, partition);
  }

  private async commit(
    overlay: StateOverlay,
    events: readonly OutgoingRecord[],
    offsets: BaseOffsets,
  ): Promise<void> {
    await this.options.failpoint('before-state-write');
    const first = events[0];
    if (!first) return;
    const base = offsets.get(partitionKey(first.topic, first.partition));
    if (base !== undefined) this.state.apply(overlay, base + BigInt(events.length), this.options.clock.now());
  }
}

/** Its answer has one cause: several commands of one record could be handled in part. */
function commandIn(messages: readonly Received[]): Received {
  const [command, another] = messages;
  if (command && !another) return command;
  throw new SeveralCommands(messages.map(({ type }) => type));
}

/** A command has become several: an upcaster may do that with events only. */
export class SeveralCommands extends EventingError {
  constructor(types: readonly string[]) {
    super(
      'SEVERAL_COMMANDS',
      `A command was upcast to ${types.join(' and ')}: mend its upcaster, which has to give one, and deploy`,
      { fields: { types } },
    );
  }
}

/** A command on a partition that is not its key's: worker p decides nothing that is not in partition p. */
export class WrongPartition extends EventingError {
  constructor(type: string, key: string, partition: number) {
    super(
      'WRONG_PARTITION',
      `${type} of ${key} was sent to partition ${partition}, which is not its key's: use murmur2 of the key`,
      { fields: { type, key, partition } },
    );
  }
}

/** A decision with an event that is not the command's aggregate's. */
export class WrongAggregate extends EventingError {
  constructor(type: string, key: string) {
    super('WRONG_AGGREGATE', `The decision for ${key} contains ${type} of another aggregate or topic`, {
      fields: { type, key },
    });
  }
}
