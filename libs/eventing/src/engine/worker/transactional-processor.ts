import type { CommitCycles } from '../commits/commit-cycles.ts';
import type { Member, Membership } from '../ports/membership.ts';
import type { BaseOffsets } from '../../log/partitions.ts';
import type { Log, StoredPosition } from '../../log/log.ts';
import { beyond, type DoneRanges, isDone } from '../../log/done-ranges.ts';
import type { ConsumedRecord } from '../../log/record.ts';
import { trustedPosition, refuseOutside } from '../../log/trusted-position.ts';
import { LogError, PartitionLost } from '../../log/errors.ts';
import { doneIn, doneText, isBehind } from '../commits/done-text.ts';
import type { Handled, Handler, Reached } from '../handler.ts';
import { HandlerProcessor } from './handler-processor.ts';
import type { Positions } from './lanes.ts';
import { believedPosition, encodeWitness, refuseUnwitnessed } from '../commits/witness.ts';
import { handleWitnessed } from '../commits/witnessed-batch.ts';

export interface TransactionalOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** Told what brokers have lost of a transaction: its records (see `Witness`), or its position. */
  readonly torn?: (message: string) => void;
}

/** Exactly-once from topic to topic: what a batch publishes and the group's position are parts of one transaction. */
export class TransactionalProcessor extends HandlerProcessor {
  private readonly log: Log;
  private readonly transactions: CommitCycles;
  private readonly member: Member;
  private readonly options: TransactionalOptions;
  private positions = new Map<string, bigint>();
  /** Beyond the positions. */
  private readonly done = new Map<string, DoneRanges>();
  private formerExpelled = false;
  /** By topic, how far it has come with records of which nothing came, where that is not committed yet. */
  private readonly ahead = new Map<string, bigint>();
  private aheadIsDue = false;
  /** Something was committed since the positions were read: what fails again and again comes further each time. */
  private hasCommitted = false;
  private told: () => void = () => undefined;
  /** Under which the positions were read. */
  private tenure: number | undefined;
  /** What this process has committed, and was told so. */
  private readonly acknowledged = new Map<string, StoredPosition>();

  constructor(
    log: Log,
    transactions: CommitCycles,
    member: Member,
    handler: Handler,
    options: TransactionalOptions,
  ) {
    super(handler);
    this.log = log;
    this.transactions = transactions;
    this.member = member;
    this.options = options;
  }

  /**
   * In this order, always. After the heartbeat the group refuses whatever an earlier owner has not sent yet; what it has sent
   * makes its position unstable until that is decided (KIP-447).
   */
  assign(signal: AbortSignal): Promise<Positions> {
    return this.transactions.assigning(() => this.begin(signal));
  }

  private async begin(signal: AbortSignal): Promise<Positions> {
    const { topic } = this.options;
    await this.confirm(signal);
    this.tenure = this.member.tenureOf(topic, this.options.partition);
    await this.transactions.ready(signal);
    await this.expelFormer();
    const topics = [topic, ...this.sideTopics];
    await this.log.confirmLeaders(topics);
    await Promise.all(topics.map((each) => this.restateLost(each, signal)));
    const offsets = await Promise.all(topics.map((each) => this.positionIn(each, signal)));
    this.ahead.clear();
    this.hasCommitted = false;
    this.positions = new Map(topics.map((each, index) => [each, offsets[index] as bigint]));
    await this.handler.restore?.(this.log, signal, this.positions.get(topic) as bigint, this.done);
    return this.positions;
  }

  override get owes(): boolean {
    return super.owes || (this.aheadIsDue && this.ahead.size > 0);
  }

  override onOwing(listener: () => void): void {
    this.told = listener;
    super.onOwing(listener);
  }

  override async settle(signal: AbortSignal, handled: () => void = () => undefined): Promise<void> {
    const [ahead] = this.ahead;
    if (super.owes || !ahead) return super.settle(signal, handled);
    handled();
    const [topic, offset] = ahead;
    await this.commit({ output: [] }, this.membership(), { topic, offset });
  }

  override get paced(): boolean {
    return true;
  }

  /** Needed until no process of a version runs that had a producer for each partition: its positions are refused, its records hide others. */
  private async expelFormer(): Promise<void> {
    if (this.formerExpelled) return;
    const { group, topic, partition } = this.options;
    await this.transactions.expel(`${group}.${topic}.${partition}`);
    this.formerExpelled = true;
  }

  /** What has failed was undone, or is decided by now. */
  async abandon(): Promise<void> {
    this.handler.abandon?.();
  }

  protected override isDone(topic: string, offset: bigint): boolean {
    return isDone(this.done.get(topic) ?? [], offset);
  }

  /** Where the group stands, or stood before its last transaction when that was torn apart. */
  private async positionIn(topic: string, signal: AbortSignal): Promise<bigint> {
    const { group, partition, torn } = this.options;
    const stored = await trustedPosition(this.log, group, topic, partition, signal);
    const acknowledged = this.acknowledged.get(topic) ?? stored;
    if (isBehind(stored, acknowledged))
      throw stale(`${group} ${topic}-${partition}`, stored.offset, acknowledged.offset);
    const { offset, torn: why } = await believedPosition(this.log, stored, signal);
    if (why !== undefined) torn?.(`${group} ${topic}-${partition}: ${why}`);
    const done = why === undefined ? doneIn(stored.metadata, offset) : [];
    const end = done.at(-1)?.to;
    if (end !== undefined)
      await refuseOutside(this.log, `${group} has handled records up to`, topic, partition, end, signal);
    this.done.set(topic, done);
    return offset;
  }

  /**
   * A position only grows. Brokers before Kafka 4.2.2 acknowledge some that they lose when the group's coordinator moves
   * (KAFKA-20634), and one that has just started may answer an older one. What was acknowledged to this process is the truth,
   * because the records of that transaction are committed: it is committed once more, if the broker still knows this member.
   */
  private async restateLost(topic: string, signal: AbortSignal): Promise<void> {
    const acknowledged = this.acknowledged.get(topic);
    if (acknowledged === undefined) return;
    const { group, partition, torn } = this.options;
    const { offset, metadata } = acknowledged;
    const stored = await this.log.position(group, topic, partition, signal);
    if (!isBehind(stored, acknowledged)) return;
    await refuseOutside(this.log, `${group} has committed`, topic, partition, offset, signal);
    torn?.(
      `${group} ${topic}-${partition}: the brokers have acknowledged ${offset} and say ${stored.offset}${beyondIt(stored, acknowledged)}; it is committed again`,
    );
    const position = { group, topic, partition, offset, metadata, ...this.membership() };
    await this.transactions.commit({ records: [], position, confirm: this.confirm });
  }

  /** Throws PartitionLost, too, when another may have worked on the partition since its positions were read. */
  protected membership(): Membership {
    const { topic, partition } = this.options;
    if (this.member.tenureOf(topic, partition) !== this.tenure) throw new PartitionLost(topic, partition);
    return this.member.membershipOf(topic, partition);
  }

  protected override handle(
    records: readonly ConsumedRecord[],
    signal: AbortSignal,
    end: Reached,
  ): Promise<Handled> {
    if (this.defers) return super.handle(records, signal, end);
    return handleWitnessed(this.handler, records, signal, end);
  }

  /** The position in the source is committed with whatever is settled, so that the broker checks the membership here, too. */
  protected async commit(
    { output, committed, from, canWait }: Handled,
    membership: Membership,
    reached: Reached = this.unmoved(),
  ): Promise<void> {
    if (canWait && this.hasCommitted && !this.ahead.has(reached.topic)) return this.goAhead(reached);
    const { topic, offset, done = beyond(this.done.get(topic) ?? [], offset) } = reached;
    const { group, partition } = this.options;
    const beside = doneText(offset, done);
    refuseUnwitnessed(output, beside);
    const position = { group, topic, partition, offset, ...membership };
    let metadata = '';
    const witness = (bases: BaseOffsets, producerId: bigint) => {
      const begun = from ?? this.positions.get(topic) ?? offset;
      metadata = encodeWitness(begun, bases, producerId, beside);
      return metadata;
    };
    const share = { records: output, position, metadata: witness, confirm: this.confirm };
    const offsets = await this.transactions.commit(share);
    this.hasCommitted = true;
    this.acknowledged.set(topic, { offset, metadata });
    await committed?.(offsets);
    this.positions.set(topic, offset);
    this.done.set(topic, done);
    if ((this.ahead.get(topic) ?? offset) <= offset) this.ahead.delete(topic);
  }

  /**
   * A transaction that has nothing but a position in it can wait for others, and for what follows in its lane. One batch of a lane at
   * most: a failure takes it back.
   */
  private goAhead({ topic, offset }: Reached): void {
    if (this.ahead.size === 0) {
      this.aheadIsDue = false;
      this.transactions.later(() => {
        this.aheadIsDue = true;
        this.told();
      });
    }
    this.ahead.set(topic, offset);
  }

  private readonly confirm = (signal: AbortSignal): Promise<Membership> =>
    this.member.confirmOwnership(this.options.topic, this.options.partition, signal);

  private unmoved(): Reached {
    const { topic } = this.options;
    return { topic, offset: this.positions.get(topic) as bigint };
  }
}

const beyondIt = (stored: StoredPosition, acknowledged: StoredPosition) =>
  stored.offset === acknowledged.offset ? ', without what was done beyond it' : '';

function stale(where: string, offset: bigint, acknowledged: bigint): LogError {
  const message = `The coordinator says that ${where} stands at ${offset}, and has acknowledged ${acknowledged}: it is asked again`;
  return new LogError('STALE_POSITION', message, {
    retryable: true,
    fields: { where, offset, acknowledged },
  });
}
