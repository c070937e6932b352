import { afterEach, describe, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { failureIn, retryable, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { type Message, retryTopic } from '../domain/index.ts';
import { type FailpointName, TRANSACTION_FAILPOINTS } from '../engine/failpoints.ts';
import { header } from '../log/record.ts';
import type { GroupUnderTest } from '../testing/run-group.ts';
import type { FailureReports } from './reporter.ts';

const KEYS = 20;
const OF_EACH = 3;
const numbered = (name: (key: number) => string) => Array.from({ length: KEYS }, (_, key) => name(key));

/** A life has one fence; all else in a transaction happens again and again. */
const nthOf = (moment: FailpointName, nth: number) => (moment === 'after-fence' ? 1 : nth);

describe.each([1, 8])('a kill while failed records move, %d keys at once', (concurrency) => {
  let group: Ringing;
  afterEach(() => group.stop());

  const reports: FailureReports = {
    deadLettered: ({ id }): Message => group.doors.Open({ door: `dead ${id}` }),
    handled: ({ id }): Message => group.doors.Open({ door: `handled ${id}` }),
  };

  /** The first record of each key fails; the others wait behind it. */
  async function filled(): Promise<void> {
    const retry = { immediate: 0, delays: ['20ms'] } as const;
    const spec = { kind: 'effect', ordering: 'key', retry, concurrency } as const;
    const fails = ({ id }: { id: string }) => (id.startsWith('bad') ? retryable('bad') : undefined);
    group = await ringing(inMemory, spec, fails);
    for (let n = 0; n < OF_EACH; n++)
      for (let key = 0; key < KEYS; key++)
        await group.ring(`key ${key}`, 1, n === 0 ? `bad ${key}` : `${key}/${n}`);
  }

  /** Lives until it comes to this moment for the n-th time, or until all is done. */
  async function lives(moment: FailpointName, nth: number, done: () => Promise<boolean>): Promise<boolean> {
    let [passed, killed] = [0, false];
    const life: GroupUnderTest = await group.start({
      reports,
      failpoint: async (name) => {
        if (name !== moment || ++passed !== nth) return;
        killed = true;
        life.kill();
      },
    });
    await until(async () => killed || (await done()));
    life.kill();
    return killed;
  }

  const told = async () => (await group.read(group.doors.commands)).map(({ key }) => String(key));
  const idsOn = async (topic: string) =>
    (await group.read(topic)).map(({ headers }) => header(headers, 'ce_id')).toSorted();
  const never = async () => false;

  it.each(TRANSACTION_FAILPOINTS)('makes one copy of each, wherever it strikes: %s', async (moment) => {
    await filled();
    const allDead = async () => (await group.deadLetters()).length >= KEYS;
    expect(await lives(moment, 1, never)).toBe(true);
    // One transaction may take all of them from the retry topic to the dead letters.
    await lives(moment, nthOf(moment, 2), allDead);
    await lives(moment, Infinity, allDead);

    const letters = await group.deadLetters();
    const bad = numbered((key) => `bad ${key}`);
    expect(await idsOn(retryTopic(group.group, group.events, 1))).toEqual(bad.toSorted());
    expect(letters.map(({ headers }) => header(headers, 'ce_id')).toSorted()).toEqual(bad.toSorted());
    expect(letters.map((letter) => failureIn(letter).attempts)).toEqual(bad.map(() => 2));
    const reported = letters.map((letter) => `dead ${failureIn(letter).id}`);
    expect((await told()).toSorted()).toEqual(reported.toSorted());

    for (const letter of letters) await group.discard(letter);
    const followed = async () => (await group.handled()).filter((id) => id.includes('/'));
    const allFollowed = async () => (await followed()).length >= KEYS * (OF_EACH - 1);
    await lives(moment, nthOf(moment, 3), allFollowed);
    await lives(moment, Infinity, allFollowed);
    for (let key = 0; key < KEYS; key++)
      expect((await followed()).filter((id) => id.startsWith(`${key}/`))).toEqual([`${key}/1`, `${key}/2`]);
  });
});
