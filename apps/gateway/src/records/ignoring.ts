import { RecordDecisions, type RecordPlace } from '@atelier/eventing';
import { Injectable, Logger } from '@nestjs/common';
import { away, inTime } from '../problem/in-time.ts';
import { refused } from '../operators/refusals.ts';
import { hex } from '../http/display-json.ts';
import type {
  IgnoredFilter,
  IgnoredPage,
  IgnoredRecord,
  IgnoreRequest,
  PlaceParams,
  ShownRecord,
} from './record.schema.ts';

type Decision = Awaited<ReturnType<RecordDecisions['ignored']>>[number];

/** Has records ignored as operators decide, and shows which are. */
@Injectable()
export class Ignoring {
  private readonly logger = new Logger(Ignoring.name);

  constructor(private readonly decisions: RecordDecisions) {}

  async ignore(place: PlaceParams, request: IgnoreRequest, operator: string): Promise<IgnoredRecord> {
    const { topic, partition, offset } = place;
    const at = { topic, partition, offset };
    const result = await inTime(this.decisions.ignore(at, { ...request, operator })).catch(away);
    if (result.type === 'ignored') return ignoredRecordOf(result.decision);
    throw refused('ignore', `record ${topic}-${partition} offset ${offset}`, result.refusal);
  }

  /**
   * Those that were decided about last come first. The cursor is how many are older than those of the pages before: new ones
   * change no number of an old one.
   */
  async list({ limit, cursor }: IgnoredFilter): Promise<IgnoredPage> {
    const all = await inTime(this.decisions.ignored()).catch(away);
    const end = Math.min(cursor ?? all.length, all.length);
    const start = Math.max(0, end - limit);
    const page = all.slice(start, end).toReversed();
    const items = await Promise.all(
      page.map(async (decision) => ({ ...ignoredRecordOf(decision), record: await this.record(decision) })),
    );
    return { items, next: start > 0 ? String(start) : null };
  }

  /** What cannot be had now is said to be missing: the decision is of use without it. */
  private async record(at: RecordPlace): Promise<ShownRecord> {
    try {
      const record = await inTime(this.decisions.find(at));
      if (!record) return { found: false, why: 'It is not in its partition' };
      const { timestamp, key, value, headers } = record;
      return {
        found: true,
        ...instantOf(timestamp),
        key: key && hex(key),
        value: value && hex(value),
        headers: headers.map(([name, bytes]) => ({ name, value: bytes && hex(bytes) })),
      };
    } catch (error) {
      this.logger.warn(
        `The record at ${at.topic}-${at.partition} offset ${at.offset} cannot be shown`,
        error,
      );
      return { found: false, why: 'Kafka does not answer: ask again' };
    }
  }
}

/** A foreign record may have a time that no date has. */
const instantOf = (timestamp: number) =>
  Number.isNaN(new Date(timestamp).getTime()) ? {} : { timestamp: new Date(timestamp).toISOString() };

const ignoredRecordOf = ({
  topic,
  partition,
  offset,
  lastOffset,
  operator,
  reason,
  decidedAt,
}: Decision) => ({
  topic,
  partition,
  offset,
  lastOffset,
  decision: { operator, reason, at: new Date(decidedAt).toISOString() },
});
