import { beforeEach, describe, expect, it } from '@jest/globals';
import { incompressible } from '../../../fixtures/incompressible.ts';
import { readAll } from '../../../fixtures/log-reading.ts';
import { patience } from '../../../fixtures/until.ts';
import { PartitionLost } from '../../log/errors.ts';
import { MemoryCluster } from '../../memory/memory-cluster.ts';
import { CommitCycles, type Share } from './commit-cycles.ts';
import type { Failpoint } from '../failpoints.ts';

const GROUPS = ['one', 'two', 'three'];
const LANES = 8;

describe('the transactions of a process', () => {
  let cluster: MemoryCluster;
  /** How many were to be committed. */
  let commits: number;

  beforeEach(() => {
    cluster = new MemoryCluster();
    commits = 0;
    cluster.broker.ending = () => {
      commits++;
      return 'answered';
    };
    cluster.broker.topics.create('source', LANES);
    cluster.broker.topics.create('output', 2, 1_048_588);
    for (const group of GROUPS)
      for (let partition = 0; partition < LANES; partition++)
        cluster.broker.begin(group, { topic: 'source', partition });
  });

  it('have everything in them that is ready, of all groups; and what comes meanwhile is in the next', async () => {
    let late: Promise<unknown> | undefined;
    const cycles = begin(async (name) => {
      if (name === 'before-commit') late ??= cycles.commit(share('three', 0));
    });
    await all(cycles, [share('one', 0), share('one', 1), share('two', 0)]);
    await late;
    expect([await positions(), commits]).toEqual([['one-0', 'one-1', 'three-0', 'two-0'], 2]);
  });

  it('tell each lane where its own records stand', async () => {
    const cycles = begin();
    const shares = [share('one', 0, 'a', 'b'), share('one', 1, 'c'), share('two', 0, 'd')];
    const [, second, third] = await all(cycles, shares);
    expect([second, third]).toEqual([new Map([['output-0', 2n]]), new Map([['output-0', 3n]])]);
  });

  it('are not spoilt by one that is too large: it is found, and costs the others one transaction', async () => {
    const cycles = begin();
    const large = { topic: 'output', partition: 0, key: null, value: incompressible(1_048_588), headers: [] };
    const guilty = { ...share('one', 3), records: [large] };
    const others = [0, 1, 2, 4, 5, 6, 7].map((partition) => share('one', partition, 'x'));
    const outcomes = await Promise.allSettled([...others, guilty].map((each) => cycles.commit(each)));
    expect(outcomes.map(({ status }) => status)).toEqual([...others.map(() => 'fulfilled'), 'rejected']);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'MESSAGE_TOO_LARGE' } });
    // By halves, as all of them write into that topic.
    expect(commits).toBeLessThanOrEqual(3);
  });

  it('go on without a group whose position is refused, in one more transaction', async () => {
    const cycles = begin();
    const gone = (partition: number) => {
      const refused = share('two', partition, 'lost');
      return { ...refused, position: { ...refused.position, memberId: 'gone', generation: 3 } };
    };
    const outcomes = await Promise.allSettled(
      [share('one', 0, 'kept'), gone(0), gone(1), share('three', 0)].map((each) => cycles.commit(each)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect([await positions(), await values(), commits]).toEqual([['one-0', 'three-0'], ['kept'], 1]);
  });

  it('are apart for a lane that has failed, until it is well', async () => {
    const cycles = begin();
    const ill = { ...share('one', 3), records: [{ ...record('x'), topic: 'nowhere' }] };
    await expect(cycles.commit(ill)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC_OR_PARTITION' });
    const before = commits;
    await all(cycles, [share('one', 3), share('one', 4), share('two', 0)]);
    expect(commits - before).toBe(2);
    await all(cycles, [share('one', 3), share('one', 4), share('two', 0)]);
    expect(commits - before).toBe(3);
  });

  it.each([true, false])(
    'whose outcome is unknown (committed: %s) fail for all lanes alike, and are not repeated',
    async (committed) => {
      cluster.broker.ending = () => (++commits === 1 ? (committed ? 'unanswered' : 'lost') : 'answered');
      const cycles = begin();
      const outcomes = await Promise.allSettled(
        [share('one', 0, 'a'), share('two', 0, 'b')].map((each) => cycles.commit(each)),
      );
      expect(outcomes).toMatchObject([
        { reason: { code: 'COMMIT_UNKNOWN' } },
        { reason: { code: 'COMMIT_UNKNOWN' } },
      ]);
      expect(commits).toBe(1);
      await cycles.ready(patience());
      expect(await values()).toEqual(committed ? ['a', 'b'] : []);
    },
  );

  it('after a failure ask each lane for a heartbeat, and go on without those that are lost', async () => {
    let fails = true;
    const cycles = begin(async (name) => {
      if (name !== 'after-send' || !fails) return;
      fails = false;
      throw new Error('gone');
    });
    await expect(cycles.commit(share('three', 0))).rejects.toThrow('gone');
    const lost = async () => Promise.reject(new PartitionLost('source', 0));
    const outcomes = await Promise.allSettled([
      cycles.commit({ ...share('one', 0, 'lost'), confirm: lost }),
      cycles.commit(share('two', 0, 'kept')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await values()).toEqual(['kept']);
  });

  it('are facts when their lanes hear of them: markers that are late are waited for', async () => {
    const markers: (() => void)[] = [];
    cluster.broker.delivery = ({ write }) => void markers.push(write);
    const cycles = begin();
    let heard = false;
    const committed = cycles.commit(share('one', 0, 'x')).then(() => (heard = true));
    while (markers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect([commits, heard]).toEqual([1, false]);
    for (const write of markers) write();
    await committed;
  });

  const begin = (failpoint: Failpoint = async () => undefined) =>
    new CommitCycles(cluster, { service: 'spec', instance: 'spec', groups: GROUPS, failpoint });

  const all = (cycles: CommitCycles, shares: readonly Share[]) =>
    Promise.all(shares.map((each) => cycles.commit(each)));

  const record = (value: string) => ({
    topic: 'output',
    partition: 0,
    key: null,
    value: Buffer.from(value),
    headers: [],
  });

  /** A lane of a group without members, whose position anybody may commit. */
  const share = (group: string, partition: number, ...texts: readonly string[]): Share => ({
    records: texts.map(record),
    position: { group, topic: 'source', partition, offset: 1n, memberId: '', generation: -1 },
    confirm: async () => ({ memberId: '', generation: -1 }),
  });

  const values = async () => (await readAll(cluster.log, 'output')).map(({ value }) => String(value));

  /** The lanes that have moved. */
  async function positions(): Promise<string[]> {
    const moved: string[] = [];
    for (const group of GROUPS)
      for (let partition = 0; partition < LANES; partition++) {
        const { offset } = await cluster.log.position(group, 'source', partition);
        if (offset > 0n) moved.push(`${group}-${partition}`);
      }
    return moved.sort();
  }
});
