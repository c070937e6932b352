import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../kafka/record.ts';
import { DelayHandler } from './delay-handler.ts';
import { DUE } from './outbox.ts';

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
  const handler = new DelayHandler('orders.commands', DELAY_MS);
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
    ['was written in the year 9999, as it says', 253_370_764_800_000, 253_370_764_800_000],
  ])('holds nothing up behind a record that %s (all behind it waited with it)', async (_, due, timestamp) => {
    const { output, rest } = await handler.handle([waiting(0, due, timestamp), waiting(1, 1)], never);
    expect(output).toHaveLength(2);
    expect(rest).toEqual([]);
  });
});
