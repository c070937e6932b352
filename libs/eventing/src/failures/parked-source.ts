import { type DoneRanges, isDone } from '../log/done-ranges.ts';
import type { Log } from '../log/log.ts';
import { HaltError } from '../log/errors.ts';
import type { ConsumedRecord } from '../log/record.ts';
import type { ParkedKeys, ParkedMark } from './parked-keys.ts';

/** One partition of a group's source. */
export interface SourcePartition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** Those of some records that are the group's business. */
type Concerned = (records: readonly ConsumedRecord[]) => Promise<readonly ConsumedRecord[]>;

/** Offsets between two parked records beyond which those between them are not read. */
const GAP = 2_000n;

/**
 * The records that are parked, where they have always been: in the source. After a restart they are found there again,
 * from the first of them up to the group's position.
 */
export class ParkedSource {
  private readonly at: SourcePartition;
  private readonly keys: ParkedKeys;
  private readonly keyOf: (key: Buffer) => string;
  private readonly concerned: Concerned;
  /** Everything before it that is parked is in the keys. */
  private scannedTo = 0n;

  constructor(at: SourcePartition, keys: ParkedKeys, keyOf: (key: Buffer) => string, concerned: Concerned) {
    this.at = at;
    this.keys = keys;
    this.keyOf = keyOf;
    this.concerned = concerned;
  }

  /** Everything up to here is committed, or what is done of it. */
  reached(offset: bigint): void {
    if (offset > this.scannedTo) this.scannedTo = offset;
  }

  /**
   * Brings the keys up to the group's position, and what is done beyond it; `marks`: all that is durable, when that is not what it
   * was before.
   */
  async restore(
    log: Log,
    position: bigint,
    marks: ReadonlyMap<string, ParkedMark> | undefined,
    signal: AbortSignal,
    done: DoneRanges = [],
  ): Promise<void> {
    const end = done.at(-1)?.to ?? position;
    if (marks) {
      this.keys.reset(marks);
      this.scannedTo = this.keys.since ?? position;
    }
    const isHandled = (offset: bigint) => offset < position || isDone(done, offset);
    if (this.keys.size > 0) await this.scan(log, end, isHandled, signal);
    this.scannedTo = end;
  }

  /** Where the keys can no longer be trusted: the group stands before what was seen of the source. */
  isAhead(position: bigint): boolean {
    return position < this.scannedTo;
  }

  /** The records at these offsets, in their order. Throws HaltError when one is there no more. */
  async recordsAt(log: Log, offsets: readonly bigint[], signal: AbortSignal): Promise<ConsumedRecord[]> {
    const found: ConsumedRecord[] = [];
    for (const run of runs(offsets)) found.push(...(await this.read(log, run, signal)));
    if (found.length === offsets.length) return found;
    throw this.gone();
  }

  private gone(): HaltError {
    const { group, topic, partition } = this.at;
    return new HaltError(
      `Records of ${topic}-${partition} that ${group} has parked are there no more: keep the topic for as long as dead letters may stay open`,
      undefined,
      { group, topic, partition },
    );
  }

  private async scan(
    log: Log,
    to: bigint,
    isHandled: (offset: bigint) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { topic, partition } = this.at;
    if (this.scannedTo < (await log.start(topic, partition, signal))) throw this.gone();
    const range = { from: this.scannedTo, to, signal };
    const parked = this.keys.begin();
    for await (const { records } of log.read(topic, partition, range)) {
      const behind = records.filter((record) => isHandled(record.offset) && this.isBehindMark(record));
      for (const { key, offset } of await this.concerned(behind))
        parked.park(this.keyOf(key as Buffer), offset);
    }
    parked.commit();
  }

  private isBehindMark({ key, offset }: ConsumedRecord): boolean {
    const since = key ? this.keys.of(this.keyOf(key))?.since : undefined;
    return since !== undefined && offset >= since;
  }

  private async read(log: Log, run: readonly bigint[], signal: AbortSignal): Promise<ConsumedRecord[]> {
    const wanted = new Set(run);
    const found: ConsumedRecord[] = [];
    const { topic, partition } = this.at;
    const range = { from: run[0] as bigint, to: (run.at(-1) as bigint) + 1n, signal };
    for await (const { records } of log.read(topic, partition, range))
      found.push(...records.filter(({ offset }) => wanted.has(offset)));
    return found;
  }
}

/** Offsets that are near each other are read in one go. */
function runs(offsets: readonly bigint[]): bigint[][] {
  const found: bigint[][] = [];
  for (const offset of offsets) {
    const last = found.at(-1);
    if (last && offset - (last.at(-1) as bigint) <= GAP) last.push(offset);
    else found.push([offset]);
  }
  return found;
}
