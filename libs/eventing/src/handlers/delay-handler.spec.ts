import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../kafka/record.ts';
import { DelayHandler } from './delay-handler.ts';
import { DUE } from './outbox.ts';

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
  const handler = new DelayHandler('orders.commands');
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
});
