import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FAILURE } from '../failures/failure-headers.ts';
import { FailureReporter } from '../failures/reporter.ts';
import { type ConsumedRecord, header } from '../kafka/record.ts';
import { DelayHandler } from './delay-handler.ts';
import { DUE, type Outbox } from './outbox.ts';

function waiting(offset: number, due: number): ConsumedRecord {
  const headers = [
    ['ce_id', Buffer.from(`id-${offset}`)],
    [DUE, Buffer.from(String(due))],
  ] as const;
  return {
    topic: 'orders.commands.delay',
    partition: 3,
    offset: BigInt(offset),
    timestamp: 0,
    key: Buffer.from('k'),
    value: Buffer.from('v'),
    headers,
  };
}

describe('a delay', () => {
  const reporter = new FailureReporter({} as Outbox);
  const handler = new DelayHandler(
    { topic: 'orders.commands', maxBytes: 2_000_000 },
    { group: 'orders.delay', service: 'orders', version: '1', reporter },
  );
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
    const handling = handler.handle([waiting(0, Date.now() + 600_000)], stopping.signal);
    stopping.abort();
    await expect(handling).rejects.toThrow();
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
    const [letter] = (await handler.handle([{ ...waiting(0, 1), value: randomBytes(2_000_000) }], never))
      .output;
    const given = { ...waiting(7, 1), headers: letter?.headers ?? [] };
    const { output } = await handler.handle([given], never);
    expect(output).toMatchObject([{ topic: 'orders.commands', headers: [['ce_id', Buffer.from('id-0')]] }]);
  });
});
