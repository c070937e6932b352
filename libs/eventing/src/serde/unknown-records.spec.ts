import { expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../log/record.ts';
import { Undecodable } from './undecodable.ts';
import { UnknownRecords } from './unknown-records.ts';

it('counts what it skips once, also where the batch is tried again, and apart for each topic (it counted each attempt)', () => {
  const warnings: string[] = [];
  const unknown = new UnknownRecords('skip', (text) => warnings.push(text));
  const meet = (topic: string, offset: bigint) =>
    unknown.meet({ topic, partition: 0, offset } as ConsumedRecord, () => {
      throw new Undecodable('It is new', { unknown: 'shop.Archived' });
    });
  for (const offset of [3n, 5n, 3n, 5n, 6n]) meet('orders.events', offset);
  meet('orders.events.retry.1', 3n);
  expect(unknown.notices).toEqual(['skipped, because this release does not know it: shop.Archived (4)']);
  expect(warnings).toEqual(['Skipped orders.events-0 offset 3, number 1 of shop.Archived: It is new']);
});
