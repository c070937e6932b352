import { describe, expect, it } from '@jest/globals';
import type { Message } from '../domain/index.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import type { ConsumedRecord, OutgoingRecord } from '../log/record.ts';
import { failureOf } from './failure.ts';
import { type DeadLetterFacts, FailureReporter, type FailureReports } from './reporter.ts';

const NOW = 12;
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const record: ConsumedRecord = {
  topic: 't',
  partition: 0,
  offset: 7n,
  timestamp: 11,
  key: Buffer.from([0xff]),
  value: null,
  headers: [
    ['ce_type', Buffer.from('Opened')],
    ['ce_id', Buffer.from('e1')],
    ['correlationid', Buffer.from('c1')],
    ['traceparent', Buffer.from(traceparent)],
  ],
};
const who = { group: 'g', handler: 'g Opened', service: 's', version: '1' };
const failure = failureOf(record, { ...who, thrown: [{ at: 1, error: new Error('jammed') }] });

interface Told {
  readonly message: Message;
  readonly metadata: { readonly id: string };
}

/** What is told, and with which metadata, instead of a record that has it encoded. */
function reporting(reports?: FailureReports) {
  const record = (message: Message, metadata: object) => ({ message, metadata });
  const reporter = new FailureReporter({ record } as unknown as RecordBuilder, reports);
  const told = (output: OutgoingRecord[]) => output as unknown as Told[];
  return {
    deadLettered: (...of: Parameters<typeof reporter.deadLettered>) => told(reporter.deadLettered(...of)),
    handled: (...of: Parameters<typeof reporter.handled>) => told(reporter.handled(...of)),
  };
}

const message = (type: string, data: unknown) => ({ type, data }) as Message;
const everything: FailureReports = {
  deadLettered: (facts) => message('Report', facts),
  handled: ({ id }) => message('Handled', { id }),
};

describe('the report of a dead letter', () => {
  it('tells what is known about the failure and the message', () => {
    const [told] = reporting(everything).deadLettered(record, failure, NOW);
    const facts = told?.message.data as DeadLetterFacts;
    expect(facts).toEqual({
      ...failure,
      key: '0xff',
      messageType: 'Opened',
      messageId: 'e1',
      traceparent,
    });
    expect(told?.metadata).toMatchObject({
      correlationId: 'c1',
      causationId: 'e1',
      traceparent,
    });
  });

  it('tells nothing that a foreign record does not have', () => {
    const [told] = reporting(everything).deadLettered({ ...record, key: null, headers: [] }, failure, NOW);
    expect(told?.message.data).toMatchObject({
      key: null,
      messageType: null,
      messageId: null,
      traceparent: null,
    });
    expect(told?.metadata).toEqual({
      id: expect.any(String),
      time: NOW,
      correlationId: failure.id,
    });
  });

  it('names no trace by a traceparent that is invalid', () => {
    const headers = [['traceparent', Buffer.from(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)] as const];
    const [told] = reporting(everything).deadLettered({ ...record, headers }, failure, NOW);
    expect(told?.message.data).toMatchObject({ traceparent: null });
    expect(told?.metadata).not.toHaveProperty('traceparent');
  });

  it('has the same id when it is repeated, and another for each redrive and for what was handled', () => {
    const { deadLettered, handled } = reporting(everything);
    const idsOf = (redrives: number) => [
      deadLettered(record, { ...failure, redrives }, NOW)[0]?.metadata.id,
      handled(record, { ...failure, redrives }, NOW)[0]?.metadata.id,
    ];
    expect(idsOf(1)).toEqual(idsOf(1));
    expect(new Set([...idsOf(0), ...idsOf(1)]).size).toBe(4);
  });

  it('is none where nobody wants to hear it', () => {
    expect(reporting().deadLettered(record, failure, NOW)).toEqual([]);
    const { deadLettered, handled } = reporting({ deadLettered: () => undefined, handled: () => undefined });
    expect([...deadLettered(record, failure, NOW), ...handled(record, failure, NOW)]).toEqual([]);
  });
});
