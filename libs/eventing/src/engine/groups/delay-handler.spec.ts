import { sizeOnTheWire } from '../../kafka/wire/encode-batch.ts';
import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { redriveCopy } from '../../failures/copies.ts';
import { FAILURE, readFailure } from '../../failures/failure-headers.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import { type ConsumedRecord, header, type Headers } from '../../log/record.ts';
import { DelayHandler } from './delay-handler.ts';
import { DUE, type RecordBuilder } from '../../serde/record-builder.ts';
import { system } from '../../time/system-clock.ts';

/** Far more than a slow machine takes. */
const DELAY_MS = 600_000;

function waiting(offset: number, due: number | string, timestamp = Date.now()): ConsumedRecord {
  const headers = [
    ['ce_id', Buffer.from(`id-${offset}`)],
    [DUE, Buffer.from(String(due))],
  ] as const;
  return {
    topic: 'orders.commands.delay',
    partition: 3,
    offset: BigInt(offset),
    timestamp,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers,
  };
}

describe('a delay', () => {
  const reporter = new FailureReporter({} as RecordBuilder);
  const who = { ...system, group: 'orders.delay', service: 'orders', version: '1', reporter };
  const target = { topic: 'orders.commands', maxBytes: 2_000_000, delayMs: DELAY_MS };
  const handler = new DelayHandler(target, who, { sizeOf: sizeOnTheWire });
  const never = new AbortController().signal;

  it('passes on what is due, as it is, and leaves the rest', async () => {
    const later = Date.now() + 60_000;
    const { output, rest } = await handler.handle(
      [waiting(0, 1), waiting(1, 2), waiting(2, later), waiting(3, 3)],
      never,
    );
    expect(output.map(({ topic, partition }) => `${topic}-${partition}`)).toEqual([
      'orders.commands-3',
      'orders.commands-3',
    ]);
    expect(output[0]?.headers).toEqual([['ce_id', Buffer.from('id-0')]]);
    expect(rest?.map(({ offset }) => offset)).toEqual([2n, 3n]);
  });

  it('waits for the first one, and never runs it early', async () => {
    const due = Date.now() + 120;
    const { output } = await handler.handle([waiting(0, due)], never);
    expect(Date.now()).toBeGreaterThanOrEqual(due);
    expect(output).toHaveLength(1);
  });

  it('stops waiting when its partition is taken away', async () => {
    const stopping = new AbortController();
    const handling = handler.handle([waiting(0, Date.now() + DELAY_MS)], stopping.signal);
    stopping.abort();
    await expect(handling).rejects.toThrow();
  });

  it.each([
    ['is due in the year 9999', 253_370_764_800_000, Date.now() - DELAY_MS],
    ['says nothing that is a time', 'soon', Date.now()],
    ['is due at a time that no calendar has', '9'.repeat(30), Date.now()],
  ])('holds nothing up behind a record that %s (all behind it waited with it)', async (_, due, timestamp) => {
    const { output, rest } = await handler.handle([waiting(0, due, timestamp), waiting(1, 1)], never);
    expect(output).toHaveLength(2);
    expect(rest).toEqual([]);
  });

  it('sets aside what its target does not take, and a batch that cannot be read (its partition stopped for good)', async () => {
    const long = { ...waiting(0, 1), value: randomBytes(2_000_000) };
    const error = Object.assign(new Error('garbage'), { code: 'UNDECODABLE' });
    const broken = { ...waiting(5, 0), headers: [], broken: { lastOffset: 9n, codec: 'lz4', error } };
    const { output, rest } = await handler.handle([long, broken, waiting(10, 1)], never);
    expect(output.map(({ topic, headers }) => [topic, header(headers, FAILURE.lastMessage)])).toEqual([
      [
        'orders.delay.orders.commands.delay.dlq',
        expect.stringMatching(/^The record has \d+ bytes, orders.commands takes 2000000$/),
      ],
      ['orders.delay.orders.commands.delay.dlq', 'garbage'],
      ['orders.commands', undefined],
    ]);
    expect(output[0]).toMatchObject({ value: long.value });
    const [first, last] = [FAILURE.offset, FAILURE.lastOffset].map((name) =>
      header(output[1]?.headers ?? [], name),
    );
    expect([first, last, rest]).toEqual(['5', '9', []]);
  });

  it('passes on what was given back to it as it was, and tells that it is handled', async () => {
    const first = { ...waiting(0, 1), value: randomBytes(2_000_000) };
    const [letter] = (await handler.handle([first], never)).output;
    const failure = readFailure(letter?.headers ?? []);
    if (!failure) throw new Error('It is a dead letter');
    const { headers } = redriveCopy(first, failure, { topic: first.topic, since: 0 });
    const copy = headers.map(
      ([name, value]) => [name, name === FAILURE.producer ? Buffer.from('7') : value] as const,
    );
    const given = { ...waiting(7, 1), headers: copy };
    const byWriter = async (producerId: bigint) =>
      (await handler.handle([{ ...given, producerId }], never)).output.map((record) => names(record.headers));
    expect(await byWriter(7n)).toEqual([['ce_id']]);
    // Of anybody else it is a new record; whom it names must not be who forwards it.
    const [forged] = await byWriter(8n);
    expect(forged).toContain(FAILURE.id);
    expect(forged).not.toContain(FAILURE.producer);
  });

  it('delays what a process wrote whose clock is ahead, and by no more (a minute ahead, orders expired at once)', async () => {
    const short = new DelayHandler({ ...target, delayMs: 200 }, who, { sizeOf: sizeOnTheWire });
    const ahead = Date.now() + 61_000;
    const began = Date.now();
    const records = [waiting(0, ahead + 200, ahead), waiting(1, ahead + 200, ahead)];
    const { output, rest = [] } = await short.handle(records, never);
    expect(Date.now()).toBeGreaterThanOrEqual(began + 200);
    // They may have been looked at in two different milliseconds.
    const last = rest.length > 0 ? await short.handle(rest, never) : { output: [] };
    expect(output.length + last.output.length).toBe(2);
    expect(Date.now()).toBeLessThan(ahead);
  });
});

const names = (headers: Headers) => headers.map(([name]) => name);
