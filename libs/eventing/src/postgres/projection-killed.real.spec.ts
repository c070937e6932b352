import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Projecting } from '../../fixtures/projecting.ts';
import { until } from '../../fixtures/until.ts';
import { type FailpointName, TRANSACTION_FAILPOINTS } from '../engine/failpoints.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';

/** Those of the rows, and those of the transaction that publishes what could not be projected. */
const moments: readonly FailpointName[] = [
  'before-rows-commit',
  'after-rows-commit',
  ...TRANSACTION_FAILPOINTS,
];

describe('a projection that is killed while it sets events aside', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting | undefined;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterEach(() => projection?.ringing.stop());
  afterAll(() => model.drop());

  it.each(moments)('has one row, or one dead letter, for each: %s', async (moment) => {
    const fails = ({ id }: { id: string }) => (id.startsWith('bad') ? new Error('never') : undefined);
    const group = (projection = await Projecting.of(model.database, fails, { partitions: 3 }));
    const doors = ['a', 'b', 'c'];
    for (const door of doors) await group.ringing.ring(door, 1, `bad ${door}`);
    for (const door of [...doors, 'd']) await group.ringing.ring(door, 1, `good ${door}`);

    // The end of a process is the end of its connections, too, and it makes no new ones.
    const connections = model.connect();
    let killed = false;
    let ended: Promise<void> | undefined;
    const life: GroupUnderTest = await group.start({
      database: connections.database,
      failpoint: async (name) => {
        if (name !== moment || killed) return;
        killed = true;
        life.kill();
        ended = connections.database.destroy();
        await connections.cut();
      },
    });
    await until(() => killed);
    await group.start();
    await until(
      async () =>
        (await group.position()) === BigInt(2 * doors.length + 1) && (await group.unpublished()) === 0,
    );

    expect((await group.dead()).toSorted()).toEqual(doors.map((door) => `bad ${door}`));
    expect((await group.told()).toSorted()).toEqual(doors.map((door) => `dead/bad ${door}/0`));
    expect(await group.seen()).toEqual(['good d']);
    expect(await group.parked()).toEqual(doors);
    await group.ringing.pause();
    await ended;
  });
});
