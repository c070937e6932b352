import { describe, expect, it } from '@jest/globals';
import { sideLanes, sourceTopic, withSideTopics } from './side-topics.ts';
import type { GroupSpec, TopicSpec } from './topic.ts';

const source: TopicSpec = {
  name: 't',
  partitions: 6,
  retentionMs: -1,
  maxMessageBytes: 1_000,
  writers: ['w'],
};
const WEEK_MS = 604_800_000;

const sidesOf = (spec: Pick<GroupSpec, 'kind' | 'retries' | 'parks'>) =>
  withSideTopics([source], [{ ...spec, group: 'g', topics: ['t'] }]).topics.filter(
    (topic) => topic !== source,
  );

describe('the source of what a group reads', () => {
  it.each([
    ['t', 't'],
    ['g.t.redrive', 't'],
    ['g.t.retry.12', 't'],
    ['g.a.b.retry.1', 'a.b'],
    ['g.t.dlq', 'g.t.dlq'],
    ['h.t.redrive', 'h.t.redrive'],
    ['g.redrive', 'g.redrive'],
  ])('of %s is %s', (topic, source) => {
    expect(sourceTopic('g', topic)).toBe(source);
  });
});

describe('the side topics of a group', () => {
  it.each<[Pick<GroupSpec, 'kind' | 'retries' | 'parks'>, readonly string[]]>([
    [{ kind: 'decider' }, ['g.t.dlq']],
    [{ kind: 'policy' }, ['g.t.dlq', 'g.t.redrive', 'g.t.parked']],
    [{ kind: 'policy', parks: false }, ['g.t.dlq', 'g.t.redrive']],
    [{ kind: 'projection' }, ['g.t.dlq', 'g.t.redrive']],
    [{ kind: 'effect' }, ['g.t.dlq', 'g.t.redrive']],
    [{ kind: 'effect', retries: 2 }, ['g.t.dlq', 'g.t.redrive', 'g.t.retry.1', 'g.t.retry.2']],
    [{ kind: 'effect', parks: true }, ['g.t.dlq', 'g.t.redrive', 'g.t.parked']],
  ])('of %j', (spec, names) => {
    expect(sidesOf(spec).map(({ name }) => name)).toEqual(names);
  });

  it('of a delay, which passes on nearly all', () => {
    expect(sidesOf({ kind: 'delay' }).map(({ name }) => name)).toEqual(['g.t.dlq']);
  });

  it('give the redriver its own dead letters back', () => {
    expect(sidesOf({ kind: 'redrive' }).map(({ name }) => name)).toEqual(['g.t.dlq', 'g.t.redrive']);
  });

  it('have the partitions of the source, and room for more headers', () => {
    for (const topic of sidesOf({ kind: 'effect', retries: 1 })) {
      expect(topic.partitions).toBe(6);
      expect(topic.maxMessageBytes).toBeGreaterThan(source.maxMessageBytes);
    }
  });

  it('take what may come out of a compressed batch, and no more than brokers do', () => {
    const sides = sidesOf({ kind: 'effect', retries: 1, parks: true });
    const copies = sides.filter(({ compacted }) => !compacted);
    expect(new Set(copies.map(({ maxMessageBytes }) => maxMessageBytes))).toEqual(new Set([33_619_968]));
    const [small] = withSideTopics(
      [source],
      [{ kind: 'decider', group: 'g', topics: ['t'] }],
      5_000,
    ).topics.slice(1);
    expect(small?.maxMessageBytes).toBe(70_536);
    expect(() => withSideTopics([], [], 100_000_000)).toThrow('give 67108864 at most');
  });

  it('keep dead letters for ever, copies for a week, and of what is parked the last word', () => {
    const kept = sidesOf({ kind: 'effect', retries: 1, parks: true }).map(
      ({ name, retentionMs, compacted = false }) => [name, retentionMs, compacted],
    );
    expect(kept).toEqual([
      ['g.t.dlq', -1, false],
      ['g.t.redrive', WEEK_MS, false],
      ['g.t.retry.1', WEEK_MS, false],
      ['g.t.parked', -1, true],
    ]);
  });

  it('are there for each topic of each group, and not for topics that the catalogue does not have', () => {
    const { topics, groups } = withSideTopics(
      [source, { ...source, name: 'u' }],
      [
        { group: 'g', kind: 'projection', topics: ['t', 'u', 'missing'] },
        { group: 'h', kind: 'decider', topics: ['u'] },
      ],
    );
    expect(topics.map(({ name }) => name)).toEqual([
      't',
      'u',
      'g.t.dlq',
      'g.t.redrive',
      'g.u.dlq',
      'g.u.redrive',
      'h.u.dlq',
    ]);
    expect(groups).toHaveLength(2);
  });
});

describe('the lanes of a group', () => {
  it('begin with the redrive topic, and go on with the retry topics in their order', () => {
    expect(sideLanes({ group: 'g', kind: 'effect', topics: ['t'], retries: 2 }, 't')).toEqual([
      'g.t.redrive',
      'g.t.retry.1',
      'g.t.retry.2',
    ]);
  });
});
