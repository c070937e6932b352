import { beforeEach, describe, expect, it } from '@jest/globals';
import { SimulatedProcess } from '../../../fixtures/simulated-process.ts';
import { LogError } from '../../log/errors.ts';
import type { VirtualClock } from '../../memory/virtual-clock.ts';
import { sleep } from '../../time/waiting.ts';
import type { Failpoint } from '../failpoints.ts';

describe('a place that a transactional id has given up on', () => {
  let simulated: SimulatedProcess;
  let clock: VirtualClock;
  let committing: readonly string[];
  beforeEach(() => {
    simulated = new SimulatedProcess();
    ({ clock, committing } = simulated);
  });

  it('is kept from the second id where the first one has (then both were held up)', async () => {
    const cycles = begin();
    const elected = leaderless('output', 1);
    const hangs = cycles.commit(share('one', 1)).catch(({ code }: LogError) => code);
    await clock.run(sleep(clock, 500));
    const waits = cycles.commit(share('two', 1));
    expect(await clock.run(hangs)).toEqual(expect.any(String));
    await clock.run(sleep(clock, 2_000));
    const began = clock.elapsed();
    await clock.run(cycles.commit(share('three', 0)));
    expect(clock.elapsed() - began).toBeLessThan(1_000);
    elected();
    await clock.run(waits);
  });

  it('is kept from the first id where the second one has (it did so only while the second was late)', async () => {
    const cycles = begin();
    const failed = ({ code }: LogError) => code;
    const [first, second] = [leaderless('output', 1), leaderless('output', 2)];
    const hanging = [cycles.commit(share('one', 1)).catch(failed)];
    await clock.run(sleep(clock, 1_500));
    hanging.push(cycles.commit(share('two', 2)).catch(failed));
    await clock.run(Promise.all(hanging));
    first();
    await clock.run(cycles.commit(share('one', 1, { offset: 2n })));
    const waits = cycles.commit(share('two', 2, { offset: 2n })).catch(failed);
    await clock.run(sleep(clock, 500));
    const began = clock.elapsed();
    await clock.run(cycles.commit(share('three', 0)));
    expect(clock.elapsed() - began).toBeLessThan(1_000);
    second();
    await clock.run(waits);
  });

  it('is given back when all has ended there, although the id cannot be had (a lane whose output had moved stood until another partition had a leader)', async () => {
    const moved = new LogError('NOT_LEADER_FOR_PARTITION', 'it has moved', {
      retryable: true,
      fields: { topic: 'output', partition: 0 },
    });
    const cycles = begin(failing('after-send', moved));
    const elected = leaderless('output', 1);
    const hanging = [share('one', 1), share('two', 0)].map((each) =>
      cycles.commit(each).catch(() => 'failed'),
    );
    await clock.run(hanging[1] as Promise<unknown>);
    const began = clock.elapsed();
    await clock.run(cycles.commit(share('two', 0)));
    expect(clock.elapsed() - began).toBeLessThan(3_000);
    expect(committing.at(-1)).toBe('spec/spec/2');
    elected();
    await clock.run(Promise.all(hanging));
  });

  const begin = (failpoint: Failpoint = async () => undefined) => simulated.begin({ failpoint });
  const leaderless = (topic: string, partition: number) => simulated.leaderless(topic, partition);
  const share = (...args: Parameters<SimulatedProcess['share']>) => simulated.share(...args);

  /** Fails at this moment once. */
  const failing = (moment: string, error: Error): Failpoint => {
    let failed = false;
    return async (name) => {
      if (name !== moment || failed) return;
      failed = true;
      throw error;
    };
  };
});
