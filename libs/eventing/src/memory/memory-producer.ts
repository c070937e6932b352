import type { Clock } from '../time/clock.ts';
import { sleep } from '../time/waiting.ts';
import type { ProducerOptions } from '../engine/ports/cluster.ts';
import type { FailpointName } from '../engine/failpoints.ts';
import {
  byGroup,
  type GroupPosition,
  positionsOf,
  type Producer,
  type TransactionPart,
} from '../engine/ports/transactions.ts';
import { CommitUnknown, LogError, ProducerFenced } from '../log/errors.ts';
import { type BaseOffsets, offsetsOfEach, partitionKey, type RecordOffsets } from '../log/partitions.ts';
import { type OutgoingRecord, WRITER } from '../log/record.ts';
import type { MemoryBroker } from './memory-broker.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { MemoryPartition, ProducerIdentity } from './memory-partition.ts';

/** Milliseconds between two tries while the transaction before is still ending. */
const AGAIN_MS = 2;
/** Milliseconds for which that is tried. */
const PATIENCE_MS = 10_000;

/** A transactional producer on a broker in memory. It passes the same moments as one on Kafka: see `Failpoint`. */
export class MemoryProducer implements Producer {
  private readonly broker: MemoryBroker;
  private readonly clock: Clock;
  private readonly options: ProducerOptions;
  private identity: ProducerIdentity | undefined;
  private open = false;

  constructor(broker: MemoryBroker, options: ProducerOptions) {
    this.broker = broker;
    this.clock = broker.surroundings.clock;
    this.options = options;
  }

  async fence(signal?: AbortSignal): Promise<void> {
    this.identity = undefined;
    this.open = false;
    const { transactionalId } = this.options;
    const identity = await repeated(
      this.clock,
      () => this.broker.transactions.fence(transactionalId),
      signal,
    );
    // Brokers answer when what was open before is undone, and all of its markers are there.
    await repeated(this.clock, () => this.broker.transactions.refuseBusy(transactionalId), signal);
    this.identity = identity;
    await this.passed('after-fence');
  }

  async transact(parts: readonly TransactionPart[]): Promise<readonly BaseOffsets[]> {
    const producer = this.initialised();
    const { transactionalId } = this.options;
    let committing = false;
    try {
      await repeated(this.clock, () => this.broker.transactions.refuseBusy(transactionalId));
      const stretches = parts.map(({ records }) => records);
      const offsets = offsetsOfEach(stretches, await this.send(stretches, producer));
      await this.passed('after-send');
      const positions = parts.map(({ position, metadata }, at) => {
        const text = metadata?.(offsets[at] as BaseOffsets, producer.producerId);
        return { ...position, ...(text !== undefined && { metadata: text }) };
      });
      for (const [group, own] of byGroup(positions)) await this.sendPositions(group, own, producer);
      await this.passed('after-offsets');
      await this.passed('before-commit');
      committing = true;
      await this.commit(producer);
      await this.passed('after-commit');
      return offsets;
    } catch (cause) {
      await this.abandon();
      if (isFencing(cause)) throw new ProducerFenced(transactionalId, cause);
      throw committing ? new CommitUnknown(transactionalId, cause as Error) : cause;
    }
  }

  async settled(): Promise<void> {
    const { transactionalId } = this.options;
    await repeated(this.clock, () => this.broker.transactions.refuseBusy(transactionalId));
  }

  get unmarked(): ReadonlySet<string> {
    const targets = this.broker.transactions.marking(this.options.transactionalId);
    return new Set(targets.map(placeOf));
  }

  async abandon(): Promise<void> {
    const { identity } = this;
    this.identity = undefined;
    if (!identity || !this.open) return;
    this.open = false;
    try {
      this.broker.transactions.end(this.options.transactionalId, identity, 'aborted');
    } catch {
      // Somebody else has this id now, and has ended it.
    }
  }

  private async send(
    stretches: readonly (readonly OutgoingRecord[])[],
    producer: ProducerIdentity,
  ): Promise<RecordOffsets> {
    const records = stretches.flat();
    const { topics, transactions } = this.broker;
    const offsets = new Map<string, bigint[]>();
    for (const record of records) this.refuseOpen(topics.partition(record.topic, record.partition), producer);
    // A batch has records of one part in it: see `produceRounds`.
    for (const stretch of stretches) topics.refuseTooLarge(stretch);
    for (const record of records) {
      const partition = topics.partition(record.topic, record.partition);
      await repeated(this.clock, () => transactions.enrol(this.options.transactionalId, producer, partition));
      this.open = true;
      const offset = partition.append(naming(record, producer), this.clock.now(), producer);
      const key = partitionKey(record.topic, record.partition);
      offsets.set(key, [...(offsets.get(key) ?? []), offset]);
    }
    if (records.length > 0) this.broker.changed();
    return offsets;
  }

  private async sendPositions(
    name: string,
    positions: readonly GroupPosition[],
    producer: ProducerIdentity,
  ): Promise<void> {
    const group = this.broker.group(name);
    this.refuseOpen(group, producer);
    // The coordinator of transactions enrols the group before that of the group looks at the positions.
    await repeated(this.clock, () =>
      this.broker.transactions.enrol(this.options.transactionalId, producer, group),
    );
    this.open = true;
    for (const position of positions) refusalOf(position, () => group.enrol(producer.producerId, position));
  }

  /** What hangs from a transaction before would be joined by what is written now, and end with it. */
  private refuseOpen(target: MemoryPartition | GroupCoordinator, { producerId }: ProducerIdentity): void {
    if (!target.isOpenOf(producerId)) return;
    throw new LogError('NOT_STABLE', 'The transaction before is still open', { retryable: true });
  }

  private async commit(producer: ProducerIdentity): Promise<void> {
    const { transactionalId } = this.options;
    const { ending: endingOf, transactions } = this.broker;
    const ending = endingOf(transactionalId);
    this.open = false;
    if (ending !== 'lost') {
      const outcome = ending === 'aborted' ? 'aborted' : 'committed';
      this.identity = transactions.end(transactionalId, producer, outcome);
    }
    if (ending !== 'answered') throw notCommitted(transactionalId, ending);
    await this.passed('during-commit');
  }

  private initialised(): ProducerIdentity {
    if (this.identity) return this.identity;
    const message = `${this.options.transactionalId} must be fenced before it is used`;
    throw new LogError('NOT_FENCED', message, { retryable: false });
  }

  private async passed(name: FailpointName): Promise<void> {
    await this.options.failpoint?.(name);
  }
}

const placeOf = (target: MemoryPartition | GroupCoordinator) =>
  'group' in target ? positionsOf(target.group) : partitionKey(target.topic, target.partition);

/** Names the position that is refused. */
function refusalOf(position: GroupPosition, enrol: () => void): void {
  try {
    enrol();
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    const { code, message, retryable } = cause;
    const { group, topic, partition, memberId, generation } = position;
    throw new LogError(code, message, {
      retryable,
      cause,
      fields: { group, topic, partition, memberId, generation },
    });
  }
}

/** Somebody else has the id, or the transaction was ended for its producer. */
const isFencing = (cause: unknown) =>
  cause instanceof LogError && (cause.code === 'PRODUCER_FENCED' || cause.code === 'INVALID_TXN_STATE');

function notCommitted(transactionalId: string, ending: 'aborted' | 'unanswered' | 'lost'): LogError {
  const [code, what] =
    ending === 'aborted' ? ['TRANSACTION_ABORTED', 'was aborted'] : ['TIMEOUT', 'was not answered'];
  return new LogError(code, `The commit of ${transactionalId} ${what}`, { retryable: true });
}

/** Once more while the transaction before is still ending. */
async function repeated<T>(clock: Clock, request: () => T, signal?: AbortSignal): Promise<T> {
  for (const deadline = clock.elapsed() + PATIENCE_MS; ;) {
    try {
      return request();
    } catch (error) {
      const passes = error instanceof LogError && error.retryable && clock.elapsed() < deadline;
      if (!passes) throw error;
      await sleep(clock, AGAIN_MS, signal);
    }
  }
}

/** With the producer's id where a header asks for it. */
function naming(record: OutgoingRecord, { producerId }: ProducerIdentity): OutgoingRecord {
  const headers = record.headers.map(
    ([name, value]) => [name, value === WRITER ? Buffer.from(String(producerId)) : value] as const,
  );
  return { ...record, headers };
}
