import { describe, expect, it, jest } from '@jest/globals';
import { joinedMember, scratchClient, scratchName, scratchTopic } from '../../testing/scratch-broker.ts';
import { TransactionalProducer } from '../transactional-producer.ts';

describe('hazards 15 and 22: a first start looks clean', () => {
  it('prints nothing while coordinators are still loading, and warns of no negative timer', async () => {
    const printed: unknown[] = [];
    const spies = (['error', 'warn', 'log'] as const).map((level) =>
      jest.spyOn(console, level).mockImplementation((...line) => void printed.push(line)),
    );
    const warned = (warning: Error) => void printed.push(warning);
    process.on('warning', warned);
    const client = scratchClient();
    const topic = await scratchTopic(client);
    const member = await joinedMember(client.sibling('member'), scratchName('group'), topic);
    await new TransactionalProducer(client, { transactionalId: scratchName('tx') }).fence();
    await member.stop();
    await client.close();
    process.off('warning', warned);
    for (const spy of spies) spy.mockRestore();
    expect(printed).toEqual([]);
  });
});
