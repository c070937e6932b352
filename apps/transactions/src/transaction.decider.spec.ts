import {
  EndTransaction,
  HangingTransactionFound,
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
  TransactionEnded,
  TransactionEndRefused,
  TransactionEndRequested,
  TransactionEndRequestIgnored,
  TransactionNotEnded,
  TransactionRecordingIgnored,
  TransactionReportIgnored,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { transaction as rules } from './transaction.decider.ts';

const transaction = 'orders.events-3/4711';
const place = { transaction, topic: 'orders.events', partition: 3, producerId: 4_711n };
const operator = { operator: 'grace', reason: 'its order is in the log twice' };

const finding = (startOffset: bigint, verdict = 'unproven') => ({
  ...place,
  producerEpoch: 7,
  startOffset,
  transactionalId: 'orders-1',
  since: 1_767_225_600_000n,
  waiting: 12n,
  verdict,
  known: 'no position names its records',
});
const report = (startOffset: bigint, verdict?: string) =>
  ReportHangingTransaction(finding(startOffset, verdict));
const found = (startOffset: bigint, verdict?: string) =>
  HangingTransactionFound(finding(startOffset, verdict));

const end = (outcome: string, startOffset: bigint | null = null) =>
  EndTransaction({ ...place, startOffset, outcome, ...operator });
const requested = (outcome: string, startOffset: bigint | null, request = 1) =>
  TransactionEndRequested({ ...place, startOffset, outcome, ...operator, request });

const result = (startOffset: bigint, request: number | null) => ({
  ...place,
  startOffset,
  outcome: 'abort',
  by: request === null ? 'transactions.watch' : 'grace',
  request,
});
const endedData = (startOffset: bigint, request: number | null) => ({
  ...result(startOffset, request),
  producerEpoch: 7,
  reason: 'the proof',
});
const notEndedData = (startOffset: bigint, request: number | null) => ({
  ...result(startOffset, request),
  result: 'refused',
  why: 'no right',
});
const recordEnded = (startOffset: bigint, request: number | null = null) =>
  RecordTransactionEnded(endedData(startOffset, request));
const recordNotEnded = (startOffset: bigint, request: number | null = null) =>
  RecordTransactionNotEnded(notEndedData(startOffset, request));
const ended = (startOffset: bigint, request: number | null = null) =>
  TransactionEnded(endedData(startOffset, request));
const notEnded = (startOffset: bigint, request: number | null = null) =>
  TransactionNotEnded(notEndedData(startOffset, request));

const refused = (outcome: string, refusal: string) =>
  TransactionEndRefused({ transaction, outcome, ...operator, refusal });
const late = { transaction, startOffset: 42n, request: null };

const hanging = [found(42n)];
const asked = [...hanging, requested('abort', 42n)];
const askedBlindly = [requested('abort', null)];
const over = [...asked, ended(42n, 1)];
const failed = [...asked, notEnded(42n, 1)];

describe('reporting a hanging transaction', () => {
  it.each<[string, Message[], bigint, string]>([
    ['for the first time', [], 42n, 'unproven'],
    ['another one of the producer', hanging, 99n, 'unproven'],
    ['another one, after the first was ended', over, 99n, 'unproven'],
    ['of which more is known', hanging, 42n, 'proven-abort'],
    ['of which more is known, and whose end is requested', asked, 42n, 'proven-abort'],
    ['whose end was requested before it was found', askedBlindly, 42n, 'unproven'],
  ])('finds it: %s', (_, history, startOffset, verdict) => {
    const answer = given(rules, history).when(report(startOffset, verdict));
    expect(answer).toEqual([found(startOffset, verdict)]);
  });

  it.each<[string, Message[], string]>([
    ['hanging', hanging, 'unproven'],
    ['requested', asked, 'unproven'],
    ['not ended', failed, 'unproven'],
    ['ended', over, 'unproven'],
    ['ended, and of which more is known', over, 'proven-abort'],
  ])('again says nothing new: %s', (_, history, verdict) => {
    const ignored = TransactionReportIgnored({ transaction, startOffset: 42n, verdict });
    expect(given(rules, history).when(report(42n, verdict))).toEqual([ignored]);
  });

  it('says nothing new of how many records wait by now', () => {
    const later = ReportHangingTransaction({ ...finding(42n), waiting: 1_000n, known: 'in other words' });
    expect(given(rules, hanging).when(later)[0]?.type).toBe('TransactionReportIgnored');
  });

  it('lets a pending request be, unless another transaction hangs now', () => {
    const record = recordEnded(42n, 1);
    expect(given(rules, [...asked, found(42n, 'proven-abort')]).when(record)).toEqual([ended(42n, 1)]);
    expect(given(rules, [...asked, found(99n)]).when(record)).toEqual([
      TransactionRecordingIgnored({ transaction, startOffset: 42n, request: 1, recording: 'ended' }),
    ]);
  });
});

describe('an operator who ends a transaction', () => {
  it.each<[string, Message[], bigint | null, number]>([
    ['hanging', hanging, 42n, 1],
    ['never reported', [], null, 1],
    ['not ended', failed, 42n, 2],
    ['hanging after another was ended', [...over, found(99n)], 99n, 2],
    ['hanging after another was requested', [...asked, found(99n)], 99n, 2],
  ])('is granted it: %s', (_, history, startOffset, request) => {
    for (const outcome of ['commit', 'abort'])
      expect(given(rules, history).when(end(outcome))).toEqual([requested(outcome, startOffset, request)]);
  });

  it.each([
    ['found', asked],
    ['never reported', askedBlindly],
  ])(
    'who repeats what is under way starts nothing, and who wants another outcome is refused: %s',
    (_, history) => {
      expect(given(rules, history).when(end('abort'))).toEqual([
        TransactionEndRequestIgnored({ transaction, outcome: 'abort', ...operator, request: 1 }),
      ]);
      expect(given(rules, history).when(end('commit'))).toEqual([
        refused('commit', 'other-outcome-requested'),
      ]);
    },
  );

  it('ends another transaction of the same producer, which nobody has found, by its first offset (409 for ever)', () => {
    expect(given(rules, over).when(end('abort', 99n))).toEqual([requested('abort', 99n, 2)]);
    expect(given(rules, over).when(end('abort', 42n))).toEqual([refused('abort', 'ended')]);
    expect(given(rules, asked).when(end('commit', 99n))).toEqual([requested('commit', 99n, 2)]);
    const next = [...over, requested('abort', 99n, 2)];
    expect(given(rules, next).when(recordEnded(99n, 2))).toEqual([ended(99n, 2)]);
    expect(given(rules, [...next, ended(99n, 2)]).when(end('abort', 99n))).toEqual([
      refused('abort', 'ended'),
    ]);
  });

  it('is refused what has ended, and what is no outcome', () => {
    expect(given(rules, over).when(end('abort'))).toEqual([refused('abort', 'ended')]);
    expect(given(rules, hanging).when(end('forget'))).toEqual([refused('forget', 'unknown-outcome')]);
  });
});

describe('recording that a transaction ended', () => {
  it.each<[string, Message[], number | null]>([
    ['as was requested', asked, 1],
    ['as was requested, never having been found', askedBlindly, 1],
    ['on proof', hanging, null],
    ['on proof, while an operator has asked', asked, null],
    ['on proof, after another attempt had failed', [...hanging, notEnded(42n)], null],
    ['on proof, the report having been lost', [], null],
  ])('is believed: %s', (_, history, request) => {
    expect(given(rules, history).when(recordEnded(42n, request))).toEqual([ended(42n, request)]);
  });

  it.each<[string, Message[], number | null]>([
    ['again', over, 1],
    ['on proof, when it had been ended', over, null],
    ['as was requested, when proof had ended it', [...asked, ended(42n)], 1],
    ['an earlier request', [...failed, requested('abort', 42n, 2)], 1],
    ['a request that nobody made', hanging, 1],
    ['another transaction', [found(99n)], null],
  ])('is ignored when it comes late or again: %s', (_, history, request) => {
    const ignored = { transaction, startOffset: 42n, request, recording: 'ended' };
    const answer = given(rules, history).when(recordEnded(42n, request));
    expect(answer).toEqual([TransactionRecordingIgnored(ignored)]);
  });

  it('settles which transaction it was, if that was not known', () => {
    expect(given(rules, [...askedBlindly, ended(42n, 1)]).when(report(42n))).toEqual([
      TransactionReportIgnored({ transaction, startOffset: 42n, verdict: 'unproven' }),
    ]);
  });
});

describe('recording that a transaction was not ended', () => {
  it.each<[string, Message[], number | null]>([
    ['as was requested', asked, 1],
    ['on proof', hanging, null],
  ])('is believed: %s', (_, history, request) => {
    expect(given(rules, history).when(recordNotEnded(42n, request))).toEqual([notEnded(42n, request)]);
  });

  it.each<[string, Message[], number | null]>([
    ['on proof, while an operator has asked', asked, null],
    ['on proof, when it had been ended', over, null],
    ['again', failed, 1],
    ['unknown', [], null],
    ['another transaction', [found(99n)], null],
  ])('is ignored: %s', (_, history, request) => {
    const ignored = { transaction, startOffset: 42n, request, recording: 'not-ended' };
    const answer = given(rules, history).when(recordNotEnded(42n, request));
    expect(answer).toEqual([TransactionRecordingIgnored(ignored)]);
  });
});

describe('a key that was used for another request', () => {
  it.each([
    [end('abort'), refused('abort', 'idempotency-key-reused')],
    [report(42n), TransactionReportIgnored({ transaction, startOffset: 42n, verdict: 'unproven' })],
    [recordEnded(42n), TransactionRecordingIgnored({ ...late, recording: 'ended' })],
    [recordNotEnded(42n), TransactionRecordingIgnored({ ...late, recording: 'not-ended' })],
  ])('is refused: %#', (command, answer) => {
    expect(rules.refuseReusedKey?.(received(command), rules.initial)).toEqual(answer);
  });
});

describe('the fold', () => {
  it('is the one that this version had (state on disk would keep the old meaning)', () => {
    const startOffset = 7n;
    const noted = [
      TransactionReportIgnored({ transaction, startOffset, verdict: 'unproven' }),
      TransactionEndRequestIgnored({ transaction, outcome: 'abort', ...operator, request: 1 }),
      TransactionEndRefused({ transaction, outcome: 'abort', ...operator, refusal: 'ended' }),
      TransactionRecordingIgnored({ transaction, startOffset, request: null, recording: 'ended' }),
    ];
    const asked = [found(7n), requested('abort', 7n), found(7n, 'commit'), ended(7n, 1), found(9n)];
    const stayed = [found(7n), notEnded(7n), requested('abort', null), requested('commit', 9n, 2), ...noted];
    expectSameFold(rules, [asked, stayed], { version: 1, fingerprint: '28c18d10b9ed.bd38b28387b7' });
  });
});
