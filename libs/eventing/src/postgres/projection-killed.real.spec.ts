import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../kafka/client.ts';
import { type FailpointName, TRANSACTION_FAILPOINTS } from '../engine/failpoints.ts';
import { Lives } from '../testing/lives.ts';
import { parkingProjection } from '../testing/parking-projection.ts';
import type { ProjectionLife } from '../testing/projection-worker.ts';
import { brokers, scratchClient } from '../testing/scratch-broker.ts';
import { scratchReadModel } from '../testing/scratch-read-model.ts';

/** Those of the rows, and those of the transaction that publishes what could not be projected. */
const moments: readonly FailpointName[] = [
  'before-rows-commit',
  'after-rows-commit',
  ...TRANSACTION_FAILPOINTS,
];

/** Each life is a process that has to start, and whose partition has to be free again, so they do at once. */
describe('a projection that is killed while it sets events aside', () => {
  let client: KafkaClient;
  let model: Awaited<ReturnType<typeof scratchReadModel>>;
  beforeAll(async () => {
    client = scratchClient();
    model = await scratchReadModel();
  });
  afterAll(async () => {
    await model.drop();
    await client.close();
  });

  it.concurrent.each(moments)('has one row, or one dead letter, for each: %s', async (failpoint) => {
    const projection = await parkingProjection(client, model.database, () => undefined);
    const { name } = projection;
    const ring = (door: string, id: string) => projection.ring(door, 1, id);
    const doors = ['a', 'b', 'c'];
    for (const door of doors) await ring(door, `bad ${door}`);
    for (const door of [...doors, 'd']) await ring(door, `good ${door}`);

    const life = { brokers, databaseUrl: model.url, name };
    const lives = new Lives<ProjectionLife>('projection-worker.ts');
    const isDone = async () =>
      (await projection.position()) === BigInt(2 * doors.length + 1) &&
      (await projection.unpublished()) === 0;
    try {
      await lives.dieAt(life, { failpoint, nth: 1 });
      await lives.liveUntil(life, isDone);
    } finally {
      await lives.end();
    }

    expect(await projection.dead()).toEqual(doors.map((door) => `bad ${door}`));
    expect(await projection.told()).toEqual(doors.map((door) => `dead/bad ${door}/0`));
    expect(await projection.seen()).toEqual(['good d']);
    expect(await projection.parked()).toEqual(doors);
  });
});
