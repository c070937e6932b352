import { beforeEach, describe, expect, it } from '@jest/globals';
import { LogError } from '../../log/errors.ts';
import { MemoryBroker } from '../../memory/memory-broker.ts';
import { MemoryCluster } from '../../memory/memory-cluster.ts';
import { VirtualClock } from '../../memory/virtual-clock.ts';
import { seeded } from '../../time/seeded.ts';
import { sleep } from '../../time/waiting.ts';
import { CommitCycles } from './commit-cycles.ts';

describe('an assignment that waits for what others may have left open', () => {
  let clock: VirtualClock;
  let cluster: MemoryCluster;
  let told: string[];
  let looks: number;
  let cycles: CommitCycles;
  beforeEach(() => {
    clock = new VirtualClock();
    cluster = new MemoryCluster(new MemoryBroker({ clock, random: seeded(1) }));
    [told, looks] = [[], 0];
    const report = (error: Error) => void told.push(error.message);
    cycles = new CommitCycles(cluster, { service: 'spec', instance: 'spec', groups: [], report });
  });

  const refusing = (code: string) => () => {
    looks++;
    return Promise.reject(new LogError(code, `${code} (${looks})`, { retryable: false }));
  };

  it('says once that a right is missing, and goes on (nobody said so, and who took over waited for 10 s)', async () => {
    cluster.endAbandoned = refusing('GROUP_AUTHORIZATION_FAILED');
    cluster.expel = refusing('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    await clock.run(cycles.assigning(() => sleep(clock, 1_000)));
    for (const partition of [0, 1]) await clock.run(cycles.expel(`group.topic.${partition}`));
    expect(looks).toBeGreaterThan(5);
    expect(told).toEqual([
      'GROUP_AUTHORIZATION_FAILED (1)',
      expect.stringContaining('TRANSACTIONAL_ID_AUTHORIZATION_FAILED'),
    ]);
  });

  it('says nothing of what passes; what an earlier version has left open is asked for again', async () => {
    cluster.endAbandoned = refusing('CONNECTION');
    cluster.expel = refusing('CONNECTION');
    await clock.run(cycles.assigning(() => sleep(clock, 1_000)));
    await expect(clock.run(cycles.expel('group.topic.0'))).rejects.toMatchObject({ code: 'CONNECTION' });
    expect(told).toEqual([]);
  });

  it.each(['a/b', 'c'])('is not begun under a name that could be another one: %s', (service) => {
    const begin = () => new CommitCycles(cluster, { service, instance: 'a/2', groups: [] });
    expect(begin).toThrow('Give it a name without');
  });
});
