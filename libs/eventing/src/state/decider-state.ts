import { wholeEnd } from '../log/trusted-position.ts';
import { type AnyDecider, evolve, type Metadata, type Received } from '../domain/index.ts';
import { toMetadata } from '../serde/cloud-events.ts';
import { messagesIn } from '../serde/received-records.ts';
import { type IgnoredRecords, NOTHING_IGNORED } from '../ignored/ignored-records.ts';
import { UndecidedRecord } from '../ignored/undecided-record.ts';
import type { Log } from '../log/log.ts';
import { HaltError, LogError } from '../log/errors.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { type MessageCodec, Undecodable } from '../serde/message-codec.ts';
import { StateOverlay, type StateReads } from './state-overlay.ts';
import { StateStore } from './state-store.ts';

export interface DeciderStateOptions {
  readonly directory: string;
  readonly partition: number;
  /** Milliseconds that ids of handled commands are remembered: the commands' own retention. */
  readonly rememberMs: number;
  /** What operators have decided about records that are no events. */
  readonly ignored?: IgnoredRecords;
}

/** Changed aggregates and commands that are in memory only before they are written together: a restart folds them again. */
const MOST_UNWRITTEN = 500;

/**
 * The fold of one events partition: restored from the log, kept in a store, changed by committed batches only. The store is a
 * cache, and may be behind by some of them: what they changed is in memory.
 */
export class DeciderState {
  private readonly rules: AnyDecider;
  private readonly codec: MessageCodec;
  private readonly options: DeciderStateOptions;
  private store: StateStore | undefined;
  /** Where this process left the store: a write that finds it elsewhere has met another writer. */
  private position = 0n;
  private unwritten: Unwritten | undefined;

  constructor(rules: AnyDecider, codec: MessageCodec, options: DeciderStateOptions) {
    this.rules = rules;
    this.codec = codec;
    this.options = options;
  }

  /** On top of all that was committed. */
  overlay(): StateOverlay {
    return this.above(this.unwritten?.changes ?? this.opened());
  }

  /** Takes what a committed batch changed; `to` is the offset after its last event, `now` in milliseconds since 1970-01-01 UTC. */
  apply(overlay: StateOverlay, to: bigint, now: number): void {
    const changes = this.unwritten?.changes ?? this.above(this.opened());
    changes.add(overlay);
    this.unwritten = { changes, to };
    if (changes.size < MOST_UNWRITTEN) return;
    this.write();
    // As many as came: what is remembered does not grow without end.
    this.opened().forgetBefore(now - this.options.rememberMs, changes.size);
  }

  /**
   * Folds the tail of the log that the store has not seen. From an empty store that is all of it. Throws LogError, retryable,
   * while a transaction is open on the partition: its events may be facts already, and would be missing. Throws UndecidedRecord at
   * a record that is no event, unless an operator has decided that it is ignored: then it is as if it was not there.
   */
  async restore(log: Log, signal: AbortSignal): Promise<void> {
    const { topic } = this.rules.events;
    const { partition } = this.options;
    // Before the topic's id is read: this asks who leads, and a broker that was away may tell the id of a topic which was deleted.
    const end = await wholeEnd(log, topic, partition, signal);
    const identity = {
      clusterId: await log.clusterId(),
      topicId: (await log.topic(topic)).id,
      deciderVersion: this.rules.version,
    };
    if (this.store?.damaged) await log.clock.during(this.store.remove());
    if (!this.store || this.store.damaged) this.store = new StateStore(this.options.directory);
    this.store.claim(identity);
    // Of an earlier assignment: whether all of it is a fact is found out below, for what is in the store.
    this.unwritten = undefined;
    const start = await log.start(topic, partition, signal);
    if (!(await this.isTrue(log, end, signal))) this.store.reset(identity);
    if (start > this.store.position)
      throw new HaltError(
        `${topic}-${partition} begins at ${start}: events were deleted, its state cannot be restored`,
        undefined,
        { topic, partition, offset: start },
      );
    const ignored =
      (await this.options.ignored?.offsetsIn(log, { topic, partition }, signal)) ?? NOTHING_IGNORED;
    this.position = this.store.position;
    for await (const chunk of log.read(topic, partition, {
      from: this.position,
      to: end,
      signal,
    })) {
      const events = chunk.records.filter(({ offset }) => !ignored.has(offset));
      await this.fold(events, chunk.nextOffset);
    }
  }

  /**
   * Whether the store is a fold of this log. Events that were acknowledged can still come to be aborted, by a broker that lost
   * their marker and let the next transaction of the same producer join them: state that was built on them is not believed.
   */
  private async isTrue(log: Log, end: bigint, signal: AbortSignal): Promise<boolean> {
    const { position, lastEvent } = this.opened();
    if (position > end) return false;
    // One that was written before events were noted cannot be checked: it is rebuilt, once.
    if (lastEvent === undefined) return position === 0n;
    const at = { topic: this.rules.events.topic, partition: this.options.partition, offset: lastEvent };
    const ended = await log.endedRecordAt(at, signal);
    return (
      ended !== undefined &&
      ended !== 'marker' &&
      !ended.aborted &&
      this.hasFolded(ended.record, log.clock.now())
    );
  }

  /**
   * Whether this is the event that the store has folded last. Where the end of the log was cut off (an unclean election, a lost
   * disk), and the log has grown again, it is another one, of which the store knows nothing.
   */
  private hasFolded(record: ConsumedRecord, now: number): boolean {
    const event = metadataOf(record);
    if (!event || this.opened().aggregate(event.subject)?.version !== event.version) return false;
    const { causationId, time } = event;
    const forgotten = time < now - this.options.rememberMs;
    return causationId === undefined || forgotten || this.opened().handled(causationId) !== undefined;
  }

  async close(): Promise<void> {
    try {
      if (!this.store?.damaged) this.write();
    } finally {
      await this.store?.close();
      this.store = undefined;
    }
  }

  private above(base: StateReads): StateOverlay {
    return new StateOverlay(base, this.rules.initial, this.rules.group);
  }

  private write(): void {
    if (!this.unwritten) return;
    const { changes, to } = this.unwritten;
    this.unwritten = undefined;
    this.advance(changes, to, to - 1n);
  }

  private async fold(records: readonly ConsumedRecord[], to: bigint): Promise<void> {
    const overlay = this.overlay();
    await this.codec.prepare(records.flatMap(({ value, broken }) => (broken ? [] : [value])));
    for (const record of records) this.foldOne(record, overlay);
    this.advance(overlay, to, records.at(-1)?.offset);
  }

  private foldOne(record: ConsumedRecord, overlay: StateOverlay): void {
    const events = this.read(record);
    // Of all that the event has become the version is the one that stands in the log.
    const { subject, version, causationId, time, requestHash } = (events[0] as Received).metadata;
    const aggregate = overlay.aggregate(subject);
    if (version !== aggregate.version + 1) {
      throw new HaltError(
        `${subject} has version ${aggregate.version}, then event ${version ?? 'without version'} at ${where(record)}: the log has a gap, a repeat or a second writer`,
        undefined,
        placeOf(record),
      );
    }
    const state = events.reduce((before, event) => evolve(this.rules, before, event), aggregate.state);
    overlay.set(subject, { state, version });
    if (causationId) overlay.remember(causationId, { time, requestHash: requestHash ?? '' });
  }

  /** What the event is now. Never none. */
  private read(record: ConsumedRecord): readonly Received[] {
    try {
      const events = messagesIn(this.codec, record);
      const strange = events.find(({ type }) => !Object.hasOwn(this.rules.evolve, type));
      if (strange) throw new Undecodable(`${this.rules.group} does not know ${strange.type}`);
      return events.map(({ type, data, metadata }) => ({ type, data, metadata }) as Received);
    } catch (cause) {
      throw new UndecidedRecord(record, cause as Error);
    }
  }

  private advance(overlay: StateOverlay, to: bigint, lastEvent: bigint | undefined): void {
    this.opened().write(overlay, { from: this.position, to, ...(lastEvent !== undefined && { lastEvent }) });
    this.position = to;
  }

  private opened(): StateStore {
    if (this.store) return this.store;
    const { group } = this.rules;
    throw new LogError('NOT_RESTORED', `The state of ${group} must be restored before it is used`, {
      fields: { group },
    });
  }
}

/** Changes of committed batches, and the offset after the last event of them. */
interface Unwritten {
  readonly changes: StateOverlay;
  readonly to: bigint;
}

/** Undefined for a record that has none, and so is none that was folded. */
function metadataOf(record: ConsumedRecord): Metadata | undefined {
  try {
    return toMetadata(record);
  } catch {
    return undefined;
  }
}

const placeOf = ({ topic, partition, offset }: ConsumedRecord) => ({ topic, partition, offset });

const where = ({ topic, partition, offset }: ConsumedRecord) => `${topic}-${partition} offset ${offset}`;
