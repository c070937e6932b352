import { beforeEach, describe, expect, it } from '@jest/globals';
import { GROUPS, nobody, SimulatedProcess } from '../../../fixtures/simulated-process.ts';
import { LogError, PartitionLost } from '../../log/errors.ts';
import type { MemoryCluster } from '../../memory/memory-cluster.ts';
import type { VirtualClock } from '../../memory/virtual-clock.ts';
import { sleep } from '../../time/waiting.ts';
import type { Share } from './commit-cycles.ts';
import type { Failpoint } from '../failpoints.ts';

describe('a process that has lost its epoch', () => {
  let simulated: SimulatedProcess;
  let clock: VirtualClock;
  let cluster: MemoryCluster;
  let fences: readonly string[];
  beforeEach(() => {
    simulated = new SimulatedProcess();
    ({ clock, cluster, fences } = simulated);
  });

  it('has one heartbeat in each group before the next epoch, not one for each lane', async () => {
    let fails = false;
    const cycles = begin(async (name) => {
      if (name === 'after-send' && fails) throw new Error('gone');
    });
    const confirmed: string[] = [];
    const all = GROUPS.flatMap((group) =>
      [0, 1, 2, 3].map((partition) => ({
        ...share(group, partition),
        confirm: async () => {
          confirmed.push(group);
          return nobody;
        },
      })),
    );
    await clock.run(Promise.all(all.map((each) => cycles.commit(each))));
    confirmed.length = 0;
    fails = true;
    await clock.run(Promise.allSettled([cycles.commit(all[0] as Share)]));
    fails = false;
    await clock.run(Promise.all(all.map((each) => cycles.commit(each))));
    expect(confirmed.sort()).toEqual([...GROUPS].sort());
  });

  it('takes no epoch while another process has its name in one of its groups', async () => {
    const cycles = begin();
    await clock.run(cycles.commit(share('one', 0)));
    const before = fences.length;
    const lost = new PartitionLost('source', 0, fenced());
    const replaced = { ...share('two', 0), confirm: () => Promise.reject(lost) };
    cluster.broker.transactions.fence('spec/spec');
    const outcomes = await clock.run(
      Promise.allSettled([cycles.commit(replaced), cycles.commit(share('one', 0))]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(clock.run(cycles.commit(share('one', 0)))).rejects.toMatchObject({
      code: 'FENCED_INSTANCE_ID',
      message: expect.stringContaining("Another process has this one's name in two"),
    });
    expect(fences.slice(before)).toEqual(['spec/spec']);
  });

  it('twice within a session takes no new one for as long, and says so', async () => {
    let rival = true;
    const cycles = begin(async (name) => {
      if (name !== 'after-fence' || !rival) return;
      for (const id of ['spec/spec', 'spec/spec/2']) cluster.broker.transactions.fence(id);
    });
    const codes: string[] = [];
    while (!codes.includes('TAKEN_OVER_AGAIN') && codes.length < 10)
      await clock.run(cycles.commit(share('one', 0))).catch((error: LogError) => {
        codes.push(error.code);
        expect([error.code, error.message]).toEqual([
          expect.stringMatching('PRODUCER_FENCED|TAKEN_OVER_AGAIN'),
          expect.stringMatching('taken over by another process|taken over twice within 10000 ms'),
        ]);
      });
    expect(codes).toEqual(['PRODUCER_FENCED', 'PRODUCER_FENCED', 'TAKEN_OVER_AGAIN']);
    const before = fences.length;
    await clock.run(sleep(clock, 500));
    await expect(clock.run(cycles.commit(share('one', 0)))).rejects.toMatchObject({
      code: 'TAKEN_OVER_AGAIN',
    });
    expect(fences.length).toBe(before);
    rival = false;
    await clock.run(sleep(clock, 10_000));
    await clock.run(cycles.commit(share('one', 0)));
  });

  it('says once why one of its ids cannot be had, though it works under the other (nobody heard it until that was held up)', async () => {
    const { transactions } = cluster.broker;
    const fence = transactions.fence.bind(transactions);
    transactions.fence = (id, timeoutMs) => {
      if (id.endsWith('/2')) throw forbidden();
      return fence(id, timeoutMs);
    };
    const said: Error[] = [];
    const cycles = simulated.begin({ report: (error) => void said.push(error) });
    for (let times = 0; times < 3; times++) {
      await clock.run(cycles.ready(new AbortController().signal));
      await clock.run(cycles.commit(share('one', 0)));
      await clock.run(sleep(clock, 2_000));
    }
    expect(said).toMatchObject([{ code: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' }]);
  });

  it('says which group has not answered its heartbeat (it was an error without a name)', async () => {
    const cycles = begin();
    await clock.run(cycles.commit(share('one', 0)));
    cluster.broker.transactions.fence('spec/spec');
    await expect(clock.run(cycles.commit(share('one', 0)))).rejects.toMatchObject({
      code: 'PRODUCER_FENCED',
    });
    const silent = { ...share('one', 0), confirm: () => new Promise<never>(() => undefined) };
    await expect(clock.run(cycles.commit(silent))).rejects.toMatchObject({
      code: 'HEARTBEAT',
      retryable: true,
      message: 'one has not answered a heartbeat within 1000 ms: it is asked again',
    });
  });

  const begin = (failpoint: Failpoint = async () => undefined) => simulated.begin({ failpoint });
  const share = (...args: Parameters<SimulatedProcess['share']>) => simulated.share(...args);
});

const fenced = () => new LogError('FENCED_INSTANCE_ID', 'another has the name', { retryable: false });
const forbidden = () =>
  new LogError('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'no right to it', { retryable: false });
