import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import { doors } from '../../fixtures/doors.ts';
import { createSeen, projecting, seenBy } from '../../fixtures/ringing-handlers.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { runGroup } from './run-group.ts';
import { SpecBroker } from './spec-broker.ts';

it('runs a projection on a broker in memory: events in, rows out', async () => {
  const { database, drop } = await scratchReadModel();
  await createSeen(database);
  const { name } = doors();
  const parts = doors(name, `projections.${name}.v1`);
  const broker = new SpecBroker(parts.contracts);
  const rows = projecting({ doors: parts, knocks: false }, undefined, () => undefined);
  const group = await runGroup(rows, { broker, database });
  try {
    await broker.publish(parts.Rung({ door: 'a', times: 1 }), { id: 'one' });
    await broker.publish(parts.Rung({ door: 'a', times: 2 }), { id: 'two' });
    await broker.idle();
    expect(await seenBy(database, parts.group)).toEqual(['one', 'two']);
  } finally {
    await group.stop();
    await drop();
  }
});
