import { describe, expect, it } from '@jest/globals';
import type { GroupSpec } from '../../domain/index.ts';
import { describeFailures, effectFailures, pureFailures } from './failure-plans.ts';
import type { EffectOptions } from '../handlers.ts';

const group = 'bells.sound';
const spec = (more: Partial<GroupSpec> = {}): GroupSpec => ({
  group,
  kind: 'effect',
  topics: ['doors.events'],
  ...more,
});
const delays = ['10s', '1m'] as const;

describe('the failures of an effect', () => {
  it('are tried again at once and for an hour, and parked nowhere, unless it says otherwise', () => {
    expect(effectFailures({ group }, spec())).toEqual({
      group,
      otherwise: 'retryable',
      unknown: 'dead-letter',
      errors: {},
      ordering: 'none',
      immediate: 2,
      delaysMs: [],
      withinMs: 3_600_000,
    });
  });

  it('are what it declares', () => {
    class Refused extends Error {}
    const errors = { fatal: [Refused] };
    const facts: EffectOptions = {
      group,
      ordering: 'key',
      retry: { immediate: 0, delays, within: '10m' },
      errors,
    };
    expect(effectFailures(facts, spec({ retries: 2, parks: true }))).toMatchObject({
      ordering: 'key',
      errors,
      immediate: 0,
      delaysMs: [10_000, 60_000],
      withinMs: 600_000,
    });
  });

  it('are given up after one attempt when it is at-most-once, whatever the error says', () => {
    expect(effectFailures({ group, guarantee: 'at-most-once' }, spec())).toMatchObject({
      once: true,
      immediate: 0,
      delaysMs: [],
      ordering: 'none',
    });
  });

  it.each<[string, EffectOptions, Partial<GroupSpec>]>([
    [
      'declares 2 delays, and its entry in the catalogue has retries: 3',
      { group, retry: { delays } },
      { retries: 3 },
    ],
    ['declares 2 delays, and its entry in the catalogue has retries: 0', { group, retry: { delays } }, {}],
    [
      'declares 0 delays, and its entry in the catalogue has retries: 1',
      { group, guarantee: 'at-most-once' },
      { retries: 1 },
    ],
    [
      "declares ordering: 'key', and its entry in the catalogue has parks: false",
      { group, ordering: 'key' },
      {},
    ],
    ["declares ordering: 'none', and its entry in the catalogue has parks: true", { group }, { parks: true }],
  ])('are refused when it %s', (sentence, facts, more) => {
    expect(() => effectFailures(facts, spec(more))).toThrow(`${group} ${sentence}. Make them`);
  });

  it('are refused when it is to wait and is at-most-once: what it waits for would be lost', () => {
    const facts = { group, guarantee: 'at-most-once', unknown: 'wait' } as never;
    expect(() => effectFailures(facts, spec())).toThrow(
      `${group} declares unknown: 'wait', and is at-most-once`,
    );
    expect(() => pureFailures(facts, spec({ parks: true }))).toThrow(`declares unknown: 'wait'`);
  });

  it('are refused when a delay is none', () => {
    expect(() =>
      effectFailures({ group, retry: { delays: ['soon' as '1s'] } }, spec({ retries: 1 })),
    ).toThrow('soon is not a duration');
  });
});

describe('the words for what follows a failure', () => {
  it.each<[string, EffectOptions, Partial<GroupSpec>]>([
    ['3 attempts at once, dead letter; unknown types: dead letter', { group }, {}],
    ['dead letter; unknown types: wait', { group, retry: { immediate: 0 }, unknown: 'wait' }, {}],
    ['dead letter; unknown types: skipped', { group, guarantee: 'at-most-once', unknown: 'skip' }, {}],
    [
      '3 attempts at once, again after 10 s, again after 60 s, dead letter, its key parked; unknown types: dead letter',
      { group, ordering: 'key', retry: { delays } },
      { retries: 2, parks: true },
    ],
  ])('are: %s', (words, facts, more) => {
    expect(describeFailures(effectFailures(facts, spec(more)))).toBe(words);
  });
});
