import { catalogue } from '@atelier/contracts';
import { DeadLetterLog } from '@atelier/eventing';
import { type BriefAttempt, isBatch, originalOf, readFailure } from '@atelier/eventing/failures';
import { Injectable, Logger } from '@nestjs/common';
import { away, inTime, silent } from '../../problem/in-time.ts';
import type { KnownDeadLetter } from '../letters/dead-letter.queries.ts';
import type { DeadLetterDetails, OriginalRecord } from '../letters/dead-letter.schema.ts';
import { ParkedKeysQueries } from './parked-keys.queries.ts';
import { displayJson, hex, textOf } from '../../http/display-json.ts';

/** A dead letter as it is on its topic. */
export type DeadLetterRecord = NonNullable<Awaited<ReturnType<DeadLetterLog['find']>>>;

const mostOffsets = 100;

/** The records behind dead letters, as they stand in Kafka. Throws 503 when it does not answer. */
@Injectable()
export class OriginalRecords {
  private readonly logger = new Logger(OriginalRecords.name);

  constructor(
    private readonly log: DeadLetterLog,
    private readonly parked: ParkedKeysQueries,
  ) {}

  /** The dead letter's record; undefined if it is not in its topic. */
  find({ group, topic, partition, deadLetterId, redrives, failedAt }: KnownDeadLetter) {
    const at = { group, topic, partition, deadLetterId, redrives, failedAt: Date.parse(failedAt) };
    return inTime(this.log.find(at)).catch(away);
  }

  /** The message in it; undefined where it cannot be read at all. */
  decode({ value }: DeadLetterRecord) {
    return inTime(this.log.decode(value)).catch(away);
  }

  /** The bytes of a message. Throws an Error that says what does not fit its schema. */
  encode(type: string, data: unknown): Promise<Buffer> {
    const encoded = inTime(this.log.encode(type, data));
    return encoded.catch((error: { unavailable?: boolean }) => {
      throw error.unavailable ? silent(error) : error;
    });
  }

  /** For people. What cannot be had now is said to be missing: the rest of a dead letter is of use without it. */
  async show(letter: KnownDeadLetter): Promise<OriginalRecord> {
    try {
      const record = await this.find(letter);
      if (!record) return { found: false, why: 'It is not in the dead-letter topic' };
      return { found: true, ...facts(record), value: await this.showValue(record) };
    } catch (error) {
      this.logger.warn(`The record of dead letter ${letter.deadLetterId} cannot be shown`, error);
      return { found: false, why: 'Kafka or the schema registry does not answer: ask again' };
    }
  }

  /** What waits behind it; null if nothing does, undefined if it cannot be known now. */
  async showParked(letter: KnownDeadLetter): Promise<DeadLetterDetails['parked']> {
    try {
      const behind = await inTime(this.parkedBehind(letter));
      return behind ? { offsets: [...behind.offsets], more: behind.more } : null;
    } catch (error) {
      this.logger.warn(`What is parked behind dead letter ${letter.deadLetterId} cannot be shown`, error);
      return undefined;
    }
  }

  /** The marks of a projection are beside its rows, those of others in Kafka. */
  private async parkedBehind({ deadLetterId, status, group, topic, partition, key }: KnownDeadLetter) {
    if (key === null || status === 'handled') return undefined;
    const at = { deadLetterId, group, topic, partition, key };
    if (!isProjection(group)) return this.log.parkedBehind(at, mostOffsets);
    const range = await this.parked.behind(at);
    return range && this.log.parkedBehind({ ...at, ...range }, mostOffsets);
  }

  private async showValue(record: DeadLetterRecord): Promise<NonNullable<OriginalRecord['value']> | null> {
    if (!record.value) return null;
    if (isBatch(record.headers)) return { hex: hex(record.value) };
    const message = await this.decode(record);
    if (!message || 'unknown' in message) return { hex: hex(record.value) };
    return { type: message.type, data: displayJson(message.data) };
  }
}

const isProjection = (group: string) =>
  catalogue.groups.some((spec) => spec.group === group && spec.kind === 'projection');

function facts(record: DeadLetterRecord) {
  const { timestamp, headers } = originalOf(record);
  const failure = readFailure(record.headers);
  return {
    timestamp: new Date(timestamp).toISOString(),
    headers: headers.map(([name, value]) => ({ name, value: value && textOf(value) })),
    ...(failure && {
      attempts: failure.history.map(attempt),
      stacks: { first: failure.first.stack, last: failure.last.stack },
    }),
  };
}

const attempt = ({ at, errorClass, message }: BriefAttempt) => ({
  at: new Date(at).toISOString(),
  error: { class: errorClass, message },
});
