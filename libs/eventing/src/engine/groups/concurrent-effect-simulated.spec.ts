import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type Doors, doors, type Rung } from '../../../fixtures/doors.ts';
import type { Received } from '../../domain/index.ts';
import { isDone } from '../../log/done-ranges.ts';
import { Effect, Perform, type RepeatedEffectOptions } from '../../nest/handlers.ts';
import { type GroupUnderTest, runGroup } from '../../testing/run-group.ts';
import { type Simulation, simulation } from '../../testing/simulation.ts';
import { SpecBroker } from '../../testing/spec-broker.ts';
import { sleep } from '../../time/waiting.ts';
import { doneIn } from '../commits/done-text.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const CONCURRENCY = 4;
const EVENTS = 120;
const DOORS = 12;

type Ordering = NonNullable<RepeatedEffectOptions['ordering']>;

/** What all lives of the group have done. */
class Record {
  readonly tries = new Map<string, number>();
  /** Those that were performed, in the order in which that was for the first time. */
  readonly performed = new Set<string>();
  /** Begun although it was committed. */
  readonly again: string[] = [];
  readonly faults: string[] = [];
  isCommitted: (id: string) => boolean = () => false;
}

/** Takes a while, now and then a long one, and meets an outage now and then. Where order is kept, some fail for a while. */
function performing(
  { group, Rung }: Doors,
  { clock, random }: Simulation,
  ordering: Ordering,
  record: Record,
): object {
  const inHands = new Set<string>();
  const retry = { immediate: 0, delays: ['1s', '20s'], within: '1h' } as const;
  @Effect({ group, ordering, concurrency: CONCURRENCY, ...(ordering === 'key' && { retry }) })
  class Performing {
    @Perform(Rung)
    async rung({ data: { door }, metadata: { id } }: Received<Rung>): Promise<void> {
      if (inHands.has(door)) record.faults.push(`two of ${door} at once`);
      inHands.add(door);
      if (inHands.size > CONCURRENCY) record.faults.push(`${inHands.size} at once`);
      if (record.isCommitted(id)) record.again.push(id);
      const tries = (record.tries.get(id) ?? 0) + 1;
      record.tries.set(id, tries);
      await sleep(clock, random() < 0.03 ? 5_000 : Math.floor(random() * 60));
      inHands.delete(door);
      if (random() < 0.03) throw Object.assign(new Error('no connection'), { code: 'ECONNREFUSED' });
      if (ordering === 'key' && tries < 3 && random() < 0.1) throw new Error('not now');
      record.performed.add(id);
    }
  }
  return new Performing();
}

/** Lives that end at moments that are drawn, well or by a kill, each where nobody has the marks of those before. */
async function run(seed: number, ordering: Ordering) {
  const simulated = simulation(seed);
  const parts = doors(`seed-${seed}`);
  const broker = new SpecBroker(parts.contracts, 1, simulated);
  const [record, offsets, byDoor] = [new Record(), new Map<string, bigint>(), new Map<string, string[]>()];
  const upTo = (most: number) => Math.floor(simulated.random() * most);
  const start = () => runGroup(performing(parts, simulated, ordering, record), { broker });
  const lives: GroupUnderTest[] = [await start()];
  for (let n = 0; n < EVENTS; n++) {
    const door = `door ${upTo(DOORS)}`;
    const { offset } = await broker.publish(parts.Rung({ door, times: n }), { id: String(n) });
    offsets.set(String(n), offset);
    byDoor.set(door, [...(byDoor.get(door) ?? []), String(n)]);
    await broker.pass(upTo(40));
    if (upTo(15) > 0) continue;
    if (upTo(3) === 0) await lives.at(-1)?.stop();
    else lives.at(-1)?.kill();
    // Its last transaction may be open, and is ended in time.
    const stands = broker.run(broker.cluster.log.position(parts.group, parts.events, 0));
    const { offset: position, metadata } = await stands;
    const done = doneIn(metadata, position);
    record.isCommitted = (id) => {
      const at = offsets.get(id);
      return at !== undefined && (at < position || isDone(done, at));
    };
    lives.push(await start());
  }
  await broker.idle();
  for (const life of lives) await life.stop();
  return { record, byDoor, lives: lives.length };
}

describe('keys at once, under outages, kills and takeovers that are drawn', () => {
  const expectWhole = ({ record, byDoor, lives }: Awaited<ReturnType<typeof run>>) => {
    expect(lives).toBeGreaterThan(2);
    expect(record.performed.size).toBe(EVENTS);
    expect(record.faults).toEqual([]);
    for (const [door, ids] of byDoor)
      expect([door, [...record.performed].filter((id) => ids.includes(id))]).toEqual([door, ids]);
  };

  it.each(SEEDS)(
    'lose nothing, repeat nothing that was committed, and keep their order: seed %d',
    async (seed) => {
      const whole = await run(seed, 'none');
      expectWhole(whole);
      expect(whole.record.again).toEqual([]);
    },
  );

  it.each(SEEDS)('lose nothing of what is parked, wherever it was found: seed %d', async (seed) => {
    const whole = await run(seed, 'key');
    expectWhole(whole);
    expect(Math.max(...whole.record.tries.values())).toBeGreaterThan(1);
  });
});
