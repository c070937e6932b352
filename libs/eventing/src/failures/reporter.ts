import type { Message } from '../domain/index.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import { type ConsumedRecord, header, type Headers, type OutgoingRecord } from '../log/record.ts';
import { derivedId } from '../serde/message-id.ts';
import { TRACEPARENT, traceparentOf } from '../serde/trace-context.ts';
import type { Failure } from './failure.ts';
import { keyText } from './key-text.ts';

/** What is told about a dead letter. */
export interface DeadLetterFacts extends Failure {
  /** The record's key as text; hex, after `0x`, when it is none. Null above 1 KiB. */
  readonly key: string | null;
  /** `ce_type` and `ce_id` of the record, where it has them; null above 1 KiB. */
  readonly messageType: string | null;
  readonly messageId: string | null;
  /** The record's trace; null for a `traceparent` that is invalid. */
  readonly traceparent: string | null;
}

/**
 * How a platform hears of dead letters: as commands of its own contracts, which a group publishes in the same
 * transaction as the dead letter, or as the position after a redriven record. Undefined where nothing is to be told.
 */
export interface FailureReports {
  deadLettered(facts: DeadLetterFacts): Message | undefined;
  /** The group has handled what was given back to it for the n-th time. */
  handled(failure: Failure): Message | undefined;
}

/** A report must fit into its topic. A longer key, or header, is told on the dead letter only. */
const TEXT_BYTES = 1024;

/** Makes the records that tell of dead letters. `now` is in milliseconds since 1970-01-01 UTC. */
export class FailureReporter {
  private readonly builder: RecordBuilder;
  private readonly reports: FailureReports | undefined;

  constructor(builder: RecordBuilder, reports?: FailureReports) {
    this.builder = builder;
    this.reports = reports;
  }

  deadLettered(original: ConsumedRecord, failure: Failure, now: number): OutgoingRecord[] {
    const { headers, key } = original;
    const facts = {
      ...failure,
      key: key && key.length <= TEXT_BYTES ? keyText(key) : null,
      messageType: short(headers, 'ce_type') ?? null,
      messageId: short(headers, 'ce_id') ?? null,
      traceparent: traceparentOf(header(headers, TRACEPARENT)) ?? null,
    };
    return this.told(this.reports?.deadLettered(facts), original, failure, 'dead-lettered', now);
  }

  handled(original: ConsumedRecord, failure: Failure, now: number): OutgoingRecord[] {
    return this.told(this.reports?.handled(failure), original, failure, 'handled', now);
  }

  private told(
    message: Message | undefined,
    { headers }: ConsumedRecord,
    { id, redrives }: Failure,
    what: string,
    time: number,
  ): OutgoingRecord[] {
    if (!message) return [];
    const traceparent = traceparentOf(header(headers, TRACEPARENT));
    const causationId = short(headers, 'ce_id');
    const metadata = {
      id: derivedId(id, what, redrives),
      time,
      correlationId: short(headers, 'correlationid') ?? id,
      ...(causationId !== undefined && { causationId }),
      ...(traceparent !== undefined && { traceparent }),
    };
    return [this.builder.record(message, metadata)];
  }
}

/** A header's text, if it is there and is not too long. */
function short(headers: Headers, name: string): string | undefined {
  const text = header(headers, name);
  return text !== undefined && Buffer.byteLength(text) <= TEXT_BYTES ? text : undefined;
}
