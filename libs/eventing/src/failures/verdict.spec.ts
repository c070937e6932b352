import { describe, expect, it } from '@jest/globals';
import type { Message } from '../domain/index.ts';
import { type ConsumedRecord, header } from '../log/record.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import { type Attempted, failedForGood } from './attempts.ts';
import { type Delivery, firstDelivery } from './believed-copies.ts';
import { FAILURE, readFailure } from './failure-headers.ts';
import { type FailurePlan, pure } from './failure-plan.ts';
import { type Failure, failureId, failureOf } from './failure.ts';
import { FailureReporter } from './reporter.ts';
import { verdict } from './verdict.ts';

/** When the first attempt failed, and when the present one did. */
const [FIRST, NOW] = [1_000_000, 1_500_000];
const WITHIN = 600_000;

const inSource = (key: string | null = 'k', topic = 't'): ConsumedRecord => ({
  topic,
  partition: 2,
  offset: 7n,
  timestamp: 11,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from('v'),
  headers: [['ce_type', Buffer.from('Opened')]],
});
const original = inSource();
const id = failureId('g', original);
const followed = { ...original, topic: 'output' };

const parking = pure('g', 'key');
const retrying: FailurePlan = {
  ...pure('g', 'none'),
  delaysMs: [1_000, 60_000],
  withinMs: WITHIN,
};
const order = { ...retrying, ordering: 'key' as const };

const failed = (retryable: boolean): Attempted => ({
  thrown: [{ at: NOW, error: new Error('jammed') }],
  retryable,
});
const known: Failure = failureOf(original, {
  group: 'g',
  handler: 'g Opened',
  service: 's',
  version: '1',
  thrown: [{ at: FIRST, error: new Error('rattled') }],
});
const first = firstDelivery(original);
const retry = (retried: number, before = known): Delivery => ({ original, before, retried });
const redriven: Delivery = retry(0, { ...known, redrives: 2, since: NOW - 5 });
/** A record that somebody has put on the redrive topic. */
const stray = firstDelivery(inSource('k', 'g.t.redrive'));

const told = (type: string) => ({ type, data: {} }) as Message;
const builder = {
  record: ({ type }: Message, { time }: { time: number }) => ({ topic: `${type} at ${time}`, headers: [] }),
} as unknown as RecordBuilder;
const reporter = new FailureReporter(builder, {
  deadLettered: () => told('reported'),
  handled: () => told('handled'),
});

const parts = (plan: FailurePlan) => ({
  at: { group: 'g', topic: 't' },
  plan,
  reporter,
  service: 's',
  version: '2',
});
const decided = (delivery: Delivery, attempted: Attempted, plan: FailurePlan, random = 0) =>
  verdict(delivery, attempted, { now: NOW, random }, parts(plan));

const [reported, handled] = [`reported at ${NOW}`, `handled at ${NOW}`];
const mark = { failureId: id, since: 8n, released: false };

describe('the verdict on a record that was handled', () => {
  it.each<[string, Delivery, string[], string | undefined]>([
    ['at once: it says nothing', first, ['output'], undefined],
    ['by a retry: nobody has heard of it, and its key is free', retry(1), ['output'], id],
    ['when it was given back: that is told, and its key is free', redriven, ['output', handled], id],
    ['by a retry of what was given back: likewise', { ...redriven, retried: 2 }, ['output', handled], id],
  ])('%s', (_, delivery, topics, releases) => {
    for (const plan of [parking, retrying]) {
      const { output, ...rest } = decided(delivery, { output: [followed] }, plan);
      expect(output.map(({ topic }) => topic)).toEqual(topics);
      expect(rest).toEqual({ type: 'handled', releases });
    }
  });
});

describe('the verdict on a record that failed', () => {
  it.each<[string, FailurePlan, Delivery, boolean, 'retry' | 'dead-letter', string[], object | undefined]>([
    [
      'has no retries, and has to keep the order',
      parking,
      first,
      true,
      'dead-letter',
      ['g.t.dlq', reported],
      mark,
    ],
    [
      'is waited for by nobody',
      pure('g', 'none'),
      first,
      false,
      'dead-letter',
      ['g.t.dlq', reported],
      undefined,
    ],
    ['may succeed later', retrying, first, true, 'retry', ['g.t.retry.1'], undefined],
    ['may succeed later, and has to keep the order', order, first, true, 'retry', ['g.t.retry.1'], mark],
    [
      'will never succeed, for all its delays',
      order,
      first,
      false,
      'dead-letter',
      ['g.t.dlq', reported],
      mark,
    ],
    ['has failed before: its key waits already', order, retry(1), true, 'retry', ['g.t.retry.2'], undefined],
    ['has had all its delays', retrying, retry(2), true, 'dead-letter', ['g.t.dlq', reported], undefined],
    [
      'had more delays once than there are now',
      retrying,
      retry(9),
      true,
      'dead-letter',
      ['g.t.dlq', reported],
      undefined,
    ],
    [
      'would come too late',
      retrying,
      retry(1, { ...known, since: NOW - WITHIN }),
      true,
      'dead-letter',
      ['g.t.dlq', reported],
      undefined,
    ],
    [
      'was given back, and has all its time and delays again',
      order,
      redriven,
      true,
      'retry',
      ['g.t.retry.1'],
      undefined,
    ],
    [
      'was given back, and fails again',
      parking,
      redriven,
      false,
      'dead-letter',
      ['g.t.dlq', reported],
      undefined,
    ],
    [
      'stood beside the source: nothing is behind it',
      order,
      stray,
      true,
      'retry',
      ['g.t.retry.1'],
      undefined,
    ],
    [
      'has no key',
      parking,
      firstDelivery(inSource(null)),
      false,
      'dead-letter',
      ['g.t.dlq', reported],
      undefined,
    ],
    [
      'has an empty key',
      parking,
      firstDelivery(inSource('')),
      false,
      'dead-letter',
      ['g.t.dlq', reported],
      mark,
    ],
  ])('and %s', (_, plan, delivery, retryable, type, topics, parks) => {
    const { output, ...rest } = decided(delivery, failed(retryable), plan);
    expect(output.map(({ topic }) => topic)).toEqual(topics);
    expect(rest).toMatchObject({ type });
    expect(rest).toHaveProperty('parks', parks);
  });

  it('goes on from what its copy told, and tells it to the next one', () => {
    const [copy] = decided(retry(1), failed(true), retrying).output;
    expect(readFailure(copy?.headers ?? [])).toMatchObject({
      id,
      handler: 'g Opened',
      attempts: 2,
      first: { at: FIRST, message: 'rattled' },
      last: { at: NOW, message: 'jammed' },
      since: FIRST,
      version: '2',
    });
  });

  it.each([
    [0, 60_000],
    [1, 60_500],
  ])('says which retry its copy stands for, and when it is due (by lot, %p)', (random, after) => {
    const [copy] = decided(retry(1), failed(true), retrying, random).output;
    const said = [FAILURE.retry, FAILURE.due].map((name) => header(copy?.headers ?? [], name));
    expect(said).toEqual(['2', String(NOW + after)]);
  });

  it('is the same for the same facts', () => {
    for (const attempted of [failed(true), failedForGood(new Error('jammed'), 0)])
      expect(decided(first, attempted, order, 0.5)).toEqual(decided(first, attempted, order, 0.5));
  });
});
