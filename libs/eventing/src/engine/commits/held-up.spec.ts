import { beforeEach, describe, expect, it } from '@jest/globals';
import { GROUPS, SimulatedProcess } from '../../../fixtures/simulated-process.ts';
import { LogError } from '../../log/errors.ts';
import { wholeEnd } from '../../log/trusted-position.ts';
import type { MemoryCluster } from '../../memory/memory-cluster.ts';
import type { VirtualClock } from '../../memory/virtual-clock.ts';
import { sleep, sleepUntil } from '../../time/waiting.ts';
import type { CommitCycles } from './commit-cycles.ts';
import type { Failpoint } from '../failpoints.ts';

const signal = new AbortController().signal;

describe('a process whose transaction is held up', () => {
  let simulated: SimulatedProcess;
  let clock: VirtualClock;
  let cluster: MemoryCluster;
  let committing: readonly string[];
  beforeEach(() => {
    simulated = new SimulatedProcess();
    ({ clock, cluster, committing } = simulated);
  });

  /** How many shares each lane has had committed in a minute. */
  async function minute(cycles: CommitCycles, until = clock.elapsed() + 60_000) {
    const done = new Map<string, number>();
    const lane = async (group: string, partition: number) => {
      const name = `${group}-${partition}`;
      for (let offset = 1n; clock.elapsed() < until; offset++) {
        try {
          await sleep(clock, 400);
          await cycles.commit(share(group, partition, { offset }));
          done.set(name, (done.get(name) ?? 0) + 1);
        } catch {
          // As a worker does, which is assigned anew: not before its own records are decided.
          while (!(await wholeEnd(cluster.log, 'output', partition % 3, signal).then(yes, no)));
        }
      }
    };
    const lanes = GROUPS.flatMap((group) => [0, 1, 2, 3].map((partition) => lane(group, partition)));
    return { done, ended: Promise.all(lanes), until };
  }

  it('goes on under its second id with all lanes that do not need the partition without a leader, at 0.8 of their pace', async () => {
    const cycles = begin();
    const well = await minute(cycles);
    await clock.run(well.ended);
    const elected = leaderless('output', 1);
    const ill = await minute(cycles);
    await clock.run(sleepUntil(clock, ill.until));
    expect(new Set(committing)).toEqual(new Set(['spec/spec', 'spec/spec/2']));
    for (const [lane, count] of well.done) {
      const ratio = (ill.done.get(lane) ?? 0) / count;
      if (lane.endsWith('-1')) expect([lane, ratio]).toEqual([lane, 0]);
      else expect([lane, ratio >= 0.8]).toEqual([lane, true]);
    }
    elected();
    await clock.run(ill.ended);
    await clock.run(Promise.all(GROUPS.map((group) => cycles.commit(share(group, 1, { offset: 9n })))));
  });

  it('has each share as a fact when its own markers are there, whatever else hangs of its transaction', async () => {
    const cycles = begin();
    const elected = leaderless('output', 1);
    const hangs = cycles.commit(share('one', 1));
    const [beside, other] = [cycles.commit(share('one', 0)), cycles.commit(share('two', 2))];
    await clock.run(Promise.all([beside, other]));
    expect(committing).toEqual(['spec/spec']);
    expect(clock.elapsed()).toBeLessThan(1_000);
    elected();
    await clock.run(hangs);
  });

  it('goes on with what needs a place as soon as that place has its marker (it waited until the process had something else to do)', async () => {
    const cycles = begin();
    const [first, second] = [leaderless('output', 0), leaderless('output', 1)];
    const record = { topic: 'output', partition: 1, key: null, value: Buffer.from('x'), headers: [] };
    const both = share('one', 0);
    const hangs = cycles.commit({ ...both, records: [...both.records, record] });
    await clock.run(sleep(clock, 1_500));
    const waits = cycles.commit(share('two', 0));
    await clock.run(sleep(clock, 500));
    first();
    await clock.run(waits);
    expect(clock.elapsed()).toBeLessThan(2_500);
    second();
    await clock.run(hangs);
  });

  it('gets its second id back as soon as that can be had, for whoever waits for it (they waited until another lane began anew)', async () => {
    const cycles = begin();
    const failed = ({ code }: LogError) => code;
    const [first, second] = [leaderless('output', 1), leaderless('output', 2)];
    const hanging = [cycles.commit(share('one', 1)).catch(failed)];
    await clock.run(sleep(clock, 1_500));
    hanging.push(cycles.commit(share('two', 2)).catch(failed));
    await clock.run(Promise.all(hanging));
    first();
    await clock.run(cycles.commit(share('one', 1, { offset: 2n })));
    // Somebody asks for both ids, as an assignment does, and the second cannot be had.
    cycles.ready(signal).catch(() => undefined);
    await clock.run(sleep(clock, 2_000));
    const waits = cycles.commit(share('two', 2, { offset: 2n }));
    await clock.run(sleep(clock, 3_000));
    second();
    const began = clock.elapsed();
    await clock.run(waits);
    expect(clock.elapsed() - began).toBeLessThan(5_000);
  });

  it('does not put a lane under the other id while something of it is under way', async () => {
    const release = Promise.withResolvers<void>();
    const cycles = begin(holding('after-send', release.promise));
    const first = cycles.commit(share('one', 0));
    await clock.run(sleep(clock, 3_000));
    // As a worker would that does not wait.
    const [second, other] = [cycles.commit(share('one', 0, { offset: 2n })), cycles.commit(share('two', 1))];
    await clock.run(other);
    expect(committing).toEqual(['spec/spec/2']);
    release.resolve();
    await clock.run(Promise.all([first, second]));
    expect(committing).toEqual(['spec/spec/2', 'spec/spec', 'spec/spec']);
  });

  it('keeps from its second id what needs a place that the first one has', async () => {
    const release = Promise.withResolvers<void>();
    const cycles = begin(holding('after-send', release.promise));
    const first = cycles.commit(share('one', 0));
    await clock.run(sleep(clock, 3_000));
    const samePartition = cycles.commit(share('two', 3));
    const sameGroup = cycles.commit(share('one', 1));
    await clock.run(cycles.commit(share('three', 2)));
    expect(committing).toEqual(['spec/spec/2']);
    release.resolve();
    await clock.run(Promise.all([first, samePartition, sameGroup]));
    expect(committing).toEqual(['spec/spec/2', 'spec/spec', 'spec/spec']);
  });

  it('by a lane that has failed before does not let the others wait for it', async () => {
    const release = Promise.withResolvers<void>();
    let holds = false;
    const cycles = begin(async (name) => {
      if (name !== 'after-send' || !holds) return;
      holds = false;
      await release.promise;
    });
    const failing = cycles.commit(share('one', 0, { topic: 'nowhere' }));
    await expect(clock.run(failing)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    holds = true;
    const unwell = cycles.commit(share('one', 0));
    await clock.run(sleep(clock, 150));
    expect(holds).toBe(false);
    const began = clock.elapsed();
    for (const partition of [1, 2, 3]) await clock.run(cycles.commit(share('one', partition)));
    expect(clock.elapsed() - began).toBeLessThan(500);
    expect(committing).toEqual(Array(3).fill('spec/spec'));
    release.resolve();
    await clock.run(unwell);
    expect(committing.at(-1)).toBe('spec/spec/2');
  });

  it('under its second id tries what is unwell under the first one', async () => {
    const cycles = begin();
    const elected = leaderless('output', 1);
    for (const partition of [0, 1]) {
      const failing = cycles.commit(share('one', partition, { topic: 'nowhere' }));
      await expect(clock.run(failing)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    }
    const hangs = cycles.commit(share('one', 1)).catch((error: LogError) => error.code);
    await clock.run(sleep(clock, 500));
    expect(committing).toEqual(['spec/spec/2']);
    const other = cycles.commit(share('one', 0));
    await clock.run(Promise.all([other, hangs]));
    expect(committing).toEqual(['spec/spec/2', 'spec/spec']);
    elected();
  });

  it('is given back to one that comes back under its name under both ids, and waits for neither for long', async () => {
    for (const id of ['spec/spec', 'spec/spec/2']) {
      const producer = cluster.producer({
        transactionalId: id,
        failpoint: async (name) => {
          if (name === 'before-commit') await new Promise(() => undefined);
        },
      });
      await clock.run(producer.fence());
      void producer.transact([share('one', id.endsWith('2') ? 1 : 0)]);
    }
    await clock.run(sleep(clock, 10));
    const elected = leaderless('output', 1);
    const cycles = begin();
    const began = clock.elapsed();
    await clock.run(cycles.ready(signal));
    expect(clock.elapsed() - began).toBeLessThan(1_500);
    expect(cluster.broker.transactions.open).toEqual([]);
    expect(cluster.broker.transactions.busy).toEqual(['spec/spec/2']);
    await clock.run(cycles.commit(share('two', 0)));
    elected();
  });

  it('leaves nothing that nobody hears when it is stopped (its fence ended the process, as an error that was not handled)', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => void unheard.push(error);
    process.on('unhandledRejection', hear);
    cluster.broker.transactions.fence = () => {
      throw new LogError('CLOSED', 'the client is closed', { retryable: false });
    };
    const cycles = begin();
    await expect(cycles.ready(AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
    await clock.run(sleep(clock, 2_000));
    await new Promise(setImmediate);
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });

  const begin = (failpoint: Failpoint = async () => undefined) => simulated.begin({ failpoint });
  const leaderless = (topic: string, partition: number) => simulated.leaderless(topic, partition);
  const share = (...args: Parameters<SimulatedProcess['share']>) => simulated.share(...args);

  /** Stays at this moment once. */
  const holding = (moment: string, released: Promise<void>): Failpoint => {
    let held = false;
    return async (name) => {
      if (name !== moment || held) return;
      held = true;
      await released;
    };
  };
});

const yes = () => true;
const no = () => false;
