import { describe, expect, it } from '@jest/globals';
import type { Message } from '../domain/index.ts';
import type { RecordBuilder } from '../serde/record-builder.ts';
import { type ConsumedRecord, header, type OutgoingRecord } from '../log/record.ts';
import { asRead } from '../../fixtures/as-read.ts';
import { Attempts } from './attempts.ts';
import { redriveCopy, releaseMark } from './copies.ts';
import { Diversion } from './diversion.ts';
import { FAILURE, readFailure } from './failure-headers.ts';
import { type FailurePlan, pure } from './failure-plan.ts';
import { type Failure, failureId } from './failure.ts';
import { type ParkedChanges, ParkedKeys, TooManyParked } from './parked-keys.ts';
import { parkedKey } from './parked-topic.ts';
import { Parking } from './parking.ts';
import { FailureReporter } from './reporter.ts';
import { systemClock } from '../time/system-clock.ts';

const never = new AbortController().signal;
const at = { group: 'g', topic: 't', partition: 0 };
const parking = pure('g', 'key');
const retried: FailurePlan = {
  ...pure('g', 'none'),
  otherwise: 'retryable',
  delaysMs: [1_000, 60_000],
  withinMs: 600_000,
};

const record = (offset: number, key: string | null = 'k'): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 11,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from('v'),
  headers: [['ce_id', Buffer.from(String(offset))]],
});
const fatal = () => Object.assign(new Error('jammed'), { retryable: false });

/** A group whose handler fails for the ids that have an error, and reports that only say what they are about. */
function diverting(plan: FailurePlan, limit = 9) {
  const errors = new Map<string, Error>();
  const seen: ConsumedRecord[] = [];
  const handle = (given: ConsumedRecord): OutgoingRecord[] => {
    seen.push(given);
    const error = errors.get(header(given.headers, 'ce_id') ?? '');
    if (error) throw error;
    return [{ ...given, topic: 'output' }];
  };
  const inner = { concerns: () => true, prepare: async () => undefined, handle };
  const told = (type: string) => ({ type, data: {} }) as Message;
  const builder = { record: ({ type }: { type: string }) => ({ topic: type }) } as unknown as RecordBuilder;
  const reporter = new FailureReporter(builder, {
    deadLettered: () => told('reported'),
    handled: () => told('handled'),
  });
  const keys = new ParkedKeys('g', limit);
  const options = { at, plan, reporter, service: 's', version: '1', clock: systemClock, random: () => 1 };
  const diversion = (parked: ParkedChanges) =>
    new Diversion(inner, new Attempts(inner, plan, systemClock), options, new Parking(parked, parkedKey));
  /** One batch of one record, which is committed. */
  const deliver = async (given: ConsumedRecord) => {
    const parked = keys.begin();
    const output = await diversion(parked).deliver(given, never);
    parked.commit();
    return output;
  };
  const settle = async (key: string, given: ConsumedRecord) => {
    const parked = keys.begin();
    const settled = await diversion(parked).settle(given, never);
    if (settled.type === 'handled') parked.advance(key, given.offset);
    parked.commit();
    return settled;
  };
  return { keys, errors, seen, deliver, settle };
}

const topics = (output: readonly OutgoingRecord[]) => output.map(({ topic }) => topic);
const read = (copy: OutgoingRecord | undefined, offset = 70): ConsumedRecord =>
  asRead(copy as OutgoingRecord, BigInt(offset));
const failureIn = (copy: OutgoingRecord | undefined) => readFailure(copy?.headers ?? []) as Failure;
const redriven = (letter: OutgoingRecord | undefined, original: ConsumedRecord, offset?: number) =>
  read(redriveCopy(original, failureIn(letter), { topic: 'g.t.redrive', since: Date.now() }), offset);

describe('a record that fails', () => {
  it('becomes a dead letter and a report, and later ones of its key wait', async () => {
    const { deliver, errors, keys, seen } = diverting(parking);
    errors.set('3', fatal());
    const output = await deliver(record(3));
    expect(topics(output)).toEqual(['g.t.dlq', 'reported']);
    expect(failureIn(output[0])).toMatchObject({ id: failureId('g', record(3)), handler: 'g' });
    expect(await deliver(record(4))).toEqual([]);
    expect(topics(await deliver(record(5, 'other')))).toEqual(['output']);
    expect(seen.map(({ offset }) => offset)).toEqual([3n, 5n]);
    expect(keys.of('k')).toMatchObject({ since: 4n, waiting: [4n], released: false });
  });

  it('decides nothing while a dependency is down', async () => {
    const { deliver, errors, keys } = diverting(parking);
    errors.set('3', Object.assign(new Error('away'), { unavailable: true }));
    await expect(deliver(record(3))).rejects.toThrow('away');
    expect(keys.size).toBe(0);
  });

  it('stops the partition when too many keys are parked', async () => {
    const { deliver, errors } = diverting(parking, 1);
    errors.set('3', fatal()).set('4', fatal());
    await deliver(record(3));
    await expect(deliver(record(4, 'other'))).rejects.toThrow(TooManyParked);
  });

  it('is tried again, and is not parked behind itself, where its mark came before the position', async () => {
    const { deliver, errors, keys } = diverting(parking);
    errors.set('3', fatal());
    keys.reset([['k', { failureId: failureId('g', record(3)), since: 4n, released: false }]]);
    expect(topics(await deliver(record(2)))).toEqual(['output']);
    expect(topics(await deliver(record(3)))).toEqual(['g.t.dlq', 'reported']);
    expect(await deliver(record(4))).toEqual([]);
    expect(keys.of('k')).toMatchObject({ since: 4n, waiting: [4n] });
  });
});

describe('a record that may succeed later', () => {
  const failing = () => {
    const group = diverting(retried);
    group.errors.set('3', new Error('busy'));
    return group;
  };

  it('goes from one retry topic to the next, never early, and then becomes a dead letter', async () => {
    const { deliver, seen } = failing();
    const began = Date.now();
    const [first] = await deliver(record(3));
    expect(first?.topic).toBe('g.t.retry.1');
    const due = Number(header(first?.headers ?? [], FAILURE.due));
    expect(due).toBe(failureIn(first).last.at + 1_100);
    expect(due).toBeGreaterThanOrEqual(began + 1_000);
    const [second] = await deliver(read(first));
    expect(second?.topic).toBe('g.t.retry.2');
    const last = await deliver(read(second));
    expect(topics(last)).toEqual(['g.t.dlq', 'reported']);
    expect(failureIn(last[0])).toMatchObject({ attempts: 3, redrives: 0, since: failureIn(first).since });
    expect(new Set(seen.map((each) => JSON.stringify(each.headers))).size).toBe(1);
    expect(seen.every(({ topic, offset }) => topic === 't' && offset === 3n)).toBe(true);
  });
});

describe('what is parked', () => {
  /** `k` is parked behind the record 3, and 4 waits. */
  async function parkedAt3() {
    const group = diverting(parking);
    group.errors.set('3', fatal());
    const [letter] = await group.deliver(record(3));
    await group.deliver(record(4));
    return { ...group, letter };
  }
  const discarded = (id: string, topic = 't') =>
    read(releaseMark({ id, group: 'g' }, { topic, partition: 0, key: Buffer.from('k') }));

  it('is free to go when the redriven record was handled, which is told', async () => {
    const { deliver, errors, keys, letter } = await parkedAt3();
    errors.clear();
    expect(topics(await deliver(redriven(letter, record(3))))).toEqual(['output', 'handled']);
    expect(keys.next).toBe('k');
    expect(await deliver(record(5))).toEqual([]);
    expect(keys.of('k')?.waiting).toEqual([4n, 5n]);
  });

  it('waits on when the redriven record fails again, under the same id', async () => {
    const { deliver, keys, letter } = await parkedAt3();
    const output = await deliver(redriven(letter, record(3)));
    expect(topics(output)).toEqual(['g.t.dlq', 'reported']);
    expect(failureIn(output[0])).toMatchObject({ id: failureIn(letter).id, attempts: 2, redrives: 1 });
    expect(keys.next).toBeUndefined();
  });

  it('is free to go when its dead letter was discarded, and not when another was', async () => {
    const { deliver, keys, letter, seen } = await parkedAt3();
    expect(await deliver(discarded('another'))).toEqual([]);
    expect(keys.next).toBeUndefined();
    expect(await deliver(discarded(failureIn(letter).id))).toEqual([]);
    expect(keys.next).toBe('k');
    expect(seen).toHaveLength(1);
  });

  it('is not set free by a record of the source that looks like a release', async () => {
    const { deliver, keys, letter } = await parkedAt3();
    await deliver({ ...discarded(failureIn(letter).id), topic: 't', offset: 5n });
    expect(keys.next).toBeUndefined();
    expect(keys.of('k')?.waiting).toEqual([4n, 5n]);
  });

  it('goes on in its order, until one of it fails and is waited for in its place', async () => {
    const { deliver, settle, errors, keys, letter } = await parkedAt3();
    await deliver(record(5));
    await deliver(discarded(failureIn(letter).id));
    errors.set('4', fatal());
    const { type, output } = await settle('k', record(4));
    expect([type, topics(output)]).toEqual(['dead-letter', ['g.t.dlq', 'reported']]);
    expect(keys.of('k')).toEqual({
      failureId: failureId('g', record(4)),
      since: 5n,
      released: false,
      waiting: [5n],
    });
    await deliver(discarded(failureIn(letter).id));
    expect(keys.next).toBeUndefined();
    await deliver(discarded(failureId('g', record(4))));
    expect(await settle('k', record(5))).toMatchObject({ type: 'handled', output: [{ topic: 'output' }] });
    expect(keys.size).toBe(0);
  });
});
