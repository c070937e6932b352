import { wholeEnd } from '../log/trusted-position.ts';
import type { TopicSpec } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { covers, decisionIn, type IgnoredRecord, type RecordPlace } from './ignored-record.ts';

/** The offsets of one partition that are ignored. */
export interface IgnoredOffsets {
  has(offset: bigint): boolean;
}

export const NOTHING_IGNORED: IgnoredOffsets = { has: () => false };

/**
 * Reads what operators have decided about records. Whoever folds an events topic asks before it begins, so that every fold,
 * and every later one, leaves out the same. The topic is read again only when it has grown.
 */
export class IgnoredRecords {
  /** Where the decisions are; undefined where there are none. */
  readonly topic: string | undefined;
  private readonly tell: (message: string) => void;
  private known: { readonly end: bigint; readonly decisions: readonly IgnoredRecord[] } | undefined;

  /** `topic`: of the decisions; without one nothing is ever ignored. `tell`: about records there that decide nothing. */
  constructor(topic: TopicSpec | undefined, tell: (message: string) => void) {
    this.topic = topic?.name;
    this.tell = tell;
  }

  /**
   * Everything that was decided when this was called, oldest first; of several decisions about one place the first. Throws
   * LogError, retryable, while somebody's open transaction hides some.
   */
  async all(log: Log, signal: AbortSignal): Promise<readonly IgnoredRecord[]> {
    const { topic } = this;
    if (topic === undefined) return [];
    const end = await wholeEnd(log, topic, 0, signal);
    if (this.known?.end === end) return this.known.decisions;
    const decisions = await this.read(log, topic, end, signal);
    this.known = { end, decisions };
    return decisions;
  }

  /** What is ignored of one partition: to be asked before each fold of it. */
  async offsetsIn(
    log: Log,
    { topic, partition }: Omit<RecordPlace, 'offset'>,
    signal: AbortSignal,
  ): Promise<IgnoredOffsets> {
    const decisions = await this.all(log, signal);
    const { id: topicId } = await log.topic(topic);
    const own = decisions.filter((ignored) => ignored.topicId === topicId && ignored.partition === partition);
    return { has: (offset) => own.some((ignored) => covers(ignored, { topicId, partition, offset })) };
  }

  private async read(log: Log, topic: string, to: bigint, signal: AbortSignal): Promise<IgnoredRecord[]> {
    const decisions: IgnoredRecord[] = [];
    const from = await log.start(topic, 0, signal);
    for await (const { records } of log.read(topic, 0, { from, to, signal })) {
      for (const record of records) {
        const decision = this.decision(record);
        if (decision && !decisions.some((earlier) => covers(earlier, decision))) decisions.push(decision);
      }
    }
    return decisions;
  }

  private decision(record: ConsumedRecord): IgnoredRecord | undefined {
    const decision = decisionIn(record);
    if (!decision)
      this.tell(`${record.topic} offset ${record.offset} is no decision about a record: it decides nothing`);
    return decision;
  }
}
