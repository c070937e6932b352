import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Projecting } from '../../fixtures/projecting.ts';
import { scratchReadModel } from '../../fixtures/scratch-read-model.ts';
import { until } from '../../fixtures/until.ts';

const DOORS = Array.from({ length: 24 }, (_, n) => `door-${n}`);

describe('a projection on several partitions', () => {
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  let projection: Projecting | undefined;
  beforeAll(async () => {
    model = await scratchReadModel();
  });
  afterEach(() => projection?.ringing.stop());
  afterAll(() => model.drop());

  const made = async (bad: string) => {
    const fails = ({ id }: { id: string }) => (id === bad ? new Error('never') : undefined);
    return (projection = await Projecting.of(model.database, fails, { partitions: 6 }));
  };
  const ring = async ({ ringing }: Projecting, round: number) => {
    for (const door of DOORS) await ringing.ring(door, round, `${door}/${round}`);
  };
  const cameTo = (group: Projecting, events: number) =>
    until(async () => (await group.position()) === BigInt(events));
  const expectEach = async (group: Projecting, ids: readonly string[]) =>
    expect((await group.seen()).toSorted()).toEqual(ids.toSorted());

  it('writes in one transaction what several of them have', async () => {
    const group = await made('none');
    await ring(group, 1);
    const passed: string[] = [];
    const states = () => [...started.status.workers.values()].map(({ state }) => state);
    const started = await group.start({
      failpoint: async (name) => {
        passed.push(name);
        // The first transaction is kept until everybody has something for the next.
        if (passed.length === 1)
          await until(() => states().filter((state) => state === 'running').length === 6);
      },
    });
    await cameTo(group, DOORS.length);
    expect(passed.filter((name) => name === 'after-rows-commit').length).toBeLessThan(6);
    await expectEach(
      group,
      DOORS.map((door) => `${door}/1`),
    );
  });

  it('sets aside what cannot be written, writes everything else once, and goes on together afterwards', async () => {
    const group = await made('door-3/1');
    await ring(group, 1);
    await ring(group, 2);
    await group.start();
    await cameTo(group, 2 * DOORS.length);
    const written = [1, 2].flatMap((round) =>
      DOORS.filter((door) => door !== 'door-3').map((door) => `${door}/${round}`),
    );
    await expectEach(group, written);
    await until(async () => (await group.unpublished()) === 0);
    expect([await group.dead(), await group.parked()]).toEqual([['door-3/1'], ['door-3']]);
  });

  it.each(['before-rows-commit', 'after-rows-commit'] as const)(
    'is written once when its process is killed %s of several partitions',
    async (moment) => {
      const group = await made('none');
      for (const round of [1, 2]) await ring(group, round);
      const connections = model.connect();
      let ended: Promise<void> | undefined;
      const life = await group.start({
        database: connections.database,
        failpoint: async (name) => {
          if (name !== moment || ended) return;
          life.kill();
          ended = connections.database.destroy();
          await connections.cut();
        },
      });
      await until(() => ended !== undefined);
      await group.start();
      await cameTo(group, 2 * DOORS.length);
      await expectEach(
        group,
        [1, 2].flatMap((round) => DOORS.map((door) => `${door}/${round}`)),
      );
      await group.ringing.pause();
      await ended;
    },
  );

  it('is written once while processes come and go', async () => {
    const group = await made('none');
    const first = await group.start();
    await ring(group, 1);
    await group.start();
    await ring(group, 2);
    await first.stop();
    await ring(group, 3);
    await group.start();
    await ring(group, 4);
    await cameTo(group, 4 * DOORS.length);
    await expectEach(
      group,
      [1, 2, 3, 4].flatMap((round) => DOORS.map((door) => `${door}/${round}`)),
    );
  });
});
