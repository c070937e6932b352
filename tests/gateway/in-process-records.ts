import {
  type IgnoredRecord,
  type IgnoreRequest,
  type IgnoreResult,
  RecordDecisions,
  type RecordPlace,
} from '@atelier/eventing';
import type { ConsumedRecord } from '@atelier/eventing/log';

type Refusal = Extract<IgnoreResult, { type: 'refused' }>['refusal'];

/** Records on events topics in memory, and what operators have decided about them. */
export class InProcessRecords extends RecordDecisions {
  isDown = false;
  private readonly decisions: IgnoredRecord[] = [];
  private readonly records = new Map<string, { record: ConsumedRecord; refusal: Refusal | undefined }>();

  /** A record that stands there, and why it must not be ignored; `versioned` gives way to force. */
  keep(record: ConsumedRecord, refusal?: Refusal): void {
    this.records.set(nameOf(record), { record, refusal });
  }

  lose(at: RecordPlace): void {
    this.records.delete(nameOf(at));
  }

  async ignored(): Promise<readonly IgnoredRecord[]> {
    this.refuseWhenDown();
    return [...this.decisions];
  }

  async find(at: RecordPlace): Promise<ConsumedRecord | undefined> {
    return this.records.get(nameOf(at))?.record;
  }

  async ignore(at: RecordPlace, { operator, reason, force }: IgnoreRequest): Promise<IgnoreResult> {
    this.refuseWhenDown();
    const earlier = this.decisions.find((decision) => nameOf(decision) === nameOf(at));
    if (earlier) return { type: 'ignored', decision: earlier };
    const { refusal } = this.records.get(nameOf(at)) ?? { refusal: 'unknown' as const };
    if (refusal && !(force && refusal === 'versioned')) return { type: 'refused', refusal };
    const decision = { ...at, topicId: 'id', lastOffset: at.offset, operator, reason, decidedAt: Date.now() };
    this.decisions.push(decision);
    return { type: 'ignored', decision };
  }

  private refuseWhenDown(): void {
    if (this.isDown) throw new Error('no broker');
  }
}

const nameOf = ({ topic, partition, offset }: RecordPlace) => `${topic}-${partition}/${offset}`;
