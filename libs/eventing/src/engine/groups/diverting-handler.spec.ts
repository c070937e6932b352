import type { Log } from '../../log/log.ts';
import { describe, expect, it, jest } from '@jest/globals';
import type { RecordBuilder } from '../../serde/record-builder.ts';
import type { IgnoredRecords } from '../../ignored/ignored-records.ts';
import { type ConsumedRecord, header, type Headers, type OutgoingRecord } from '../../log/record.ts';
import { asRead } from '../../../fixtures/as-read.ts';
import { releaseMark } from '../../failures/copies.ts';
import { DivertingHandler, type DivertingOptions } from './diverting-handler.ts';
import { FAILURE } from '../../failures/failure-headers.ts';
import { pure } from '../../failures/failure-plan.ts';
import { failureId } from '../../failures/failure.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import { system, systemClock } from '../../time/system-clock.ts';

const never = new AbortController().signal;
const record = (offset: number, key: string, type = 'Opened'): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 11,
  key: Buffer.from(key),
  value: null,
  headers: [
    ['ce_id', Buffer.from(String(offset))],
    ['ce_type', Buffer.from(type)],
  ],
});
const fatal = () => Object.assign(new Error('jammed'), { retryable: false });
const away = () => Object.assign(new Error('away'), { unavailable: true });
const release = (offset: number, key: string): ConsumedRecord =>
  asRead(
    releaseMark(
      { id: failureId('g', record(offset, key)), group: 'g' },
      { topic: 't', partition: 0, key: Buffer.from(key) },
    ),
    70n,
  );

type Handle = (record: ConsumedRecord) => readonly OutgoingRecord[] | Promise<readonly OutgoingRecord[]>;

/** A handler that fails for the offsets that have an error; `more`: what else it does. */
function diverting(
  more: { handle?: Handle; commitAfterMs?: number } = {},
  options: Partial<DivertingOptions> = {},
) {
  const errors = new Map<number, Error>();
  const prepared: bigint[][] = [];
  const handle: Handle = (given) => {
    const error = errors.get(Number(given.offset));
    if (error) throw error;
    return [{ ...given, topic: 'output' }];
  };
  const inner = {
    concerns: ({ headers }: ConsumedRecord) => header(headers, 'ce_type') === 'Opened',
    prepare: async (records: readonly ConsumedRecord[]) =>
      void prepared.push(records.map(({ offset }) => offset)),
    handle,
    ...more,
  };
  const handler = new DivertingHandler(inner, {
    at: { group: 'g', topic: 't', partition: 0 },
    plan: { ...pure('g', 'key'), delaysMs: [1_000] },
    lanes: ['g.t.redrive', 'g.t.retry.1'],
    ...system,
    reporter: new FailureReporter({} as RecordBuilder),
    service: 's',
    version: '1',
    ...options,
  });
  return { handler, errors, prepared };
}

const places = (output: readonly OutgoingRecord[]) => output.map(({ topic, key }) => `${topic} ${key}`);

describe('a batch', () => {
  it('is handled with what is diverted, and with the marks of what is parked', async () => {
    const { handler, errors, prepared } = diverting();
    errors.set(1, fatal());
    const batch = [record(0, 'a'), record(1, 'b'), record(2, 'b'), record(3, 'c'), record(4, 'a', 'Shut')];
    const { output, rest, committed } = await handler.handle(batch, never);
    expect(places(output)).toEqual(['output a', 'g.t.dlq b', 'output c', 'g.t.parked b']);
    expect(JSON.parse(String(output.at(-1)?.value))).toEqual({
      failureId: failureId('g', record(1, 'b')),
      since: '2',
      released: false,
    });
    expect(rest).toEqual([]);
    expect(prepared).toEqual([[0n, 1n, 2n, 3n, 4n]]);
    await committed?.(new Map());
    expect(places((await handler.handle([record(5, 'b'), record(6, 'a')], never)).output)).toEqual([
      'output a',
    ]);
  });

  it('that comes again, its marks without its position, lets no record wait behind itself', async () => {
    const { handler, errors } = diverting();
    errors.set(1, fatal());
    const batch = [record(1, 'b'), record(2, 'b')];
    for (const marks of [['g.t.parked b'], []]) {
      const { output, committed } = await handler.handle(batch, never);
      expect(places(output)).toEqual(['g.t.dlq b', ...marks]);
      await committed?.(new Map());
    }
    const freed = await handler.handle([release(1, 'b')], never);
    await freed.committed?.(new Map());
    expect(handler.owes).toBe(true);
  });

  it('passes over what an operator has decided to ignore', async () => {
    const offsetsIn = async () => ({ has: (offset: bigint) => offset === 1n });
    const ignored = { offsetsIn } as unknown as IgnoredRecords;
    const { handler, errors } = diverting({}, { ignored, plan: pure('g', 'none') });
    errors.set(1, fatal());
    await handler.restore({ clock: systemClock } as Log, never, 0n);
    const batch = [record(0, 'a'), record(1, 'b'), record(2, 'c')];
    expect(places((await handler.handle(batch, never)).output)).toEqual(['output a', 'output c']);
  });

  it('ends before a record that meets an outage, with which the next one begins', async () => {
    const { handler, errors } = diverting();
    errors.set(1, away());
    const batch = [record(0, 'a'), record(1, 'b'), record(2, 'c')];
    const { output, rest } = await handler.handle(batch, never);
    expect(places(output)).toEqual(['output a']);
    expect(rest).toEqual(batch.slice(1));
    await expect(handler.handle(batch.slice(1), never)).rejects.toThrow('away');
  });

  it('ends when the service stops, or it is time to commit, but not without one record', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const batch = [record(0, 'a', 'Shut'), record(1, 'b'), record(2, 'c')];
    const stopped = await diverting().handler.handle(batch, stopping.signal);
    expect(places(stopped.output)).toEqual(['output b']);
    expect(stopped.rest).toEqual(batch.slice(2));
    const timed = await diverting({ commitAfterMs: 0 }).handler.handle(batch, never);
    expect(timed.rest).toEqual(batch.slice(2));
  });

  it('changes nothing unless it is committed', async () => {
    const { handler, errors } = diverting();
    errors.set(1, fatal());
    await handler.handle([record(1, 'b')], never);
    errors.clear();
    expect(places((await handler.handle([record(1, 'b')], never)).output)).toEqual(['output b']);
  });
});

describe('a batch that was given up, and ends late', () => {
  it('changes nothing about what a newer one has decided', async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const hanging: Handle = async ({ offset }) => {
      if (offset === 1n && ++calls === 1) await gate.promise;
      if (offset === 1n) throw fatal();
      return [];
    };
    const { handler } = diverting({ handle: hanging });
    const late = handler.handle([record(1, 'b'), record(2, 'b')], never);
    const newer = await handler.handle([record(1, 'b'), record(2, 'b')], never);
    await newer.committed?.(new Map());
    const released = await handler.handle([release(1, 'b')], never);
    await released.committed?.(new Map());
    expect(handler.owes).toBe(true);
    gate.resolve();
    await late;
    expect(handler.owes).toBe(true);
    expect(places((await handler.handle([record(3, 'b')], never)).output)).toEqual([]);
  });
});

describe('the word that a dead letter was discarded', () => {
  it('frees what waits behind it, with a mark, and reaches no handler', async () => {
    const { handler, errors, prepared } = diverting();
    errors.set(1, fatal());
    const { committed } = await handler.handle([record(1, 'b'), record(2, 'b')], never);
    await committed?.(new Map());
    expect(handler.owes).toBe(false);
    const released = await handler.handle([release(1, 'b')], never);
    expect(JSON.parse(String(released.output[0]?.value))).toMatchObject({ since: '2', released: true });
    expect(handler.owes).toBe(false);
    await released.committed?.(new Map());
    expect(handler.owes).toBe(true);
    expect(prepared).toHaveLength(2);
  });

  it('removes the mark when nothing waits', async () => {
    const { handler, errors } = diverting();
    errors.set(1, fatal());
    await (await handler.handle([record(1, 'b')], never)).committed?.(new Map());
    const { output } = await handler.handle([release(1, 'b')], never);
    expect(output).toMatchObject([{ topic: 'g.t.parked', key: Buffer.from('b'), value: null }]);
  });
});

describe('when a record is due', () => {
  const WRITTEN = 1_700_000_000_000;
  const due = (topic: string, value: string, timestamp = WRITTEN): number => {
    const headers: Headers = [[FAILURE.due, Buffer.from(value)]];
    return diverting().handler.dueAt({ ...record(0, 'a'), topic, headers, timestamp });
  };

  it('is told by its header, on the topics of copies', () => {
    expect(due('g.t.retry.1', String(WRITTEN + 900))).toBe(WRITTEN + 900);
    expect(diverting().handler.dueAt({ ...record(0, 'a'), topic: 'g.t.redrive' })).toBe(0);
  });

  it('is now in the source, and where the header is no time', () => {
    expect(due('t', '9999999999999')).toBe(0);
    expect(due('g.t.retry.1', 'soon')).toBe(0);
  });

  it('is no later than the delay of its topic after its own time, whatever somebody has written (what was behind it never came)', () => {
    expect(due('g.t.retry.1', '253370764800000')).toBe(WRITTEN + 1_100);
    expect(due('g.t.redrive', '253370764800000')).toBe(0);
  });

  it('is counted from when it was first looked at, where its own time is in the future', () => {
    const ahead = Date.now() + 61_000;
    const headers: Headers = [[FAILURE.due, Buffer.from('253370764800000')]];
    const { handler } = diverting();
    const copy = { ...record(0, 'a'), topic: 'g.t.retry.1', headers, timestamp: ahead };
    const began = Date.now();
    const first = handler.dueAt(copy);
    expect(first).toBeGreaterThanOrEqual(began + 1_100);
    expect(first).toBeLessThanOrEqual(Date.now() + 1_100);
    jest.useFakeTimers({ now: began + 500 });
    expect(handler.dueAt(copy)).toBe(first);
    jest.useRealTimers();
  });
});
