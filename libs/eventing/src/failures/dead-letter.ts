import { deadLetterTopic } from '../domain/index.ts';
import type { ConsumedRecord, OutgoingRecord } from '../kafka/record.ts';

/** Headers that a dead letter has beside those of its record, which are kept byte for byte. */
export const DEAD_LETTER = {
  topic: 'dead-letter-topic',
  partition: 'dead-letter-partition',
  offset: 'dead-letter-offset',
  timestamp: 'dead-letter-timestamp',
  group: 'dead-letter-group',
  handler: 'dead-letter-handler',
  attempts: 'dead-letter-attempts',
  errorClass: 'dead-letter-error-class',
  errorMessage: 'dead-letter-error-message',
  errorStack: 'dead-letter-error-stack',
} as const;

export interface GivenUp {
  readonly group: string;
  /** Class and method, or decider and command, that gave up. */
  readonly handler: string;
  readonly attempts: number;
  readonly error: unknown;
}

const STACK_BYTES = 4096;
const MESSAGE_BYTES = 1024;

/** The record as it was, with the reason and where it came from, for the group's own dead-letter topic. */
export function deadLetter(
  record: ConsumedRecord,
  { group, handler, attempts, error }: GivenUp,
): OutgoingRecord {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const facts: [string, string | number | bigint][] = [
    [DEAD_LETTER.topic, record.topic],
    [DEAD_LETTER.partition, record.partition],
    [DEAD_LETTER.offset, record.offset],
    [DEAD_LETTER.timestamp, record.timestamp],
    [DEAD_LETTER.group, group],
    [DEAD_LETTER.handler, handler],
    [DEAD_LETTER.attempts, attempts],
    [DEAD_LETTER.errorClass, name],
    [DEAD_LETTER.errorMessage, cut(message, MESSAGE_BYTES)],
    [DEAD_LETTER.errorStack, cut(stack ?? '', STACK_BYTES)],
  ];
  return {
    topic: deadLetterTopic(group, record.topic),
    partition: record.partition,
    key: record.key,
    value: record.value,
    headers: [...record.headers, ...facts.map(([key, value]) => [key, Buffer.from(String(value))] as const)],
  };
}

function cut(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  return buffer.length <= bytes ? text : buffer.subarray(0, bytes).toString();
}
