import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../domain/index.ts';
import { FailureReporter } from '../../failures/reporter.ts';
import { DelayTooLong, RecordBuilder } from '../../serde/record-builder.ts';
import type { MessageCodec } from '../../serde/message-codec.ts';
import { delaying } from './delay-plan.ts';
import { system } from '../../time/system-clock.ts';

describe('a group that delays', () => {
  it('knows the delay of each of its topics, or does not start', () => {
    const topics = ['orders.commands.delay', 'stock.commands.delay'];
    const kept = { partitions: 1, retentionMs: -1, maxMessageBytes: 9, writers: [] };
    const catalogue = {
      topics: ['orders.commands', 'stock.commands'].map((name) => ({ ...kept, name })),
      groups: [],
    };
    const reporter = new FailureReporter({} as RecordBuilder);
    const log = { sizeOf: () => 0 };
    const who = { ...system, group: 'g', service: 'spec', version: '1', reporter };
    expect(() => delaying(who, topics, { catalogue, delays: { 'orders.commands': 5 } }, log)).toThrow(
      'g reads stock.commands.delay: give EventingModule the milliseconds of that delay in delays',
    );
    const delays = { 'orders.commands': 5, 'stock.commands': 6 };
    const handlers = delaying(who, topics, { catalogue, delays }, log);
    expect(handlers({ topic: 'stock.commands.delay', partition: 0 })).toMatchObject({
      target: { topic: 'stock.commands', maxBytes: 9, delayMs: 6 },
    });
  });

  it('is given nothing that would wait longer: that would not wait as long as it is meant to', () => {
    const codec = { typeOf: () => ({ topic: 'orders.commands' }) } as unknown as MessageCodec;
    const builder = new RecordBuilder(codec, { topics: [], groups: [] }, 'spec', { 'orders.commands': 5 });
    const command = { type: 'Expire', data: {} } as Message;
    const metadata = { id: '1', time: 1, correlationId: '1' };
    expect(() => builder.delayed({ command, delayMs: 6 }, metadata)).toThrow(DelayTooLong);
  });
});
