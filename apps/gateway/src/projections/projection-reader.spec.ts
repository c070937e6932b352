import { describe, expect, it } from '@jest/globals';
import { stateOf } from './projection-reader.ts';

const partition = (events: bigint, seconds: number) => ({
  ...{ topic: 'orders.events', partition: 0, position: 1n },
  lag: { events, seconds },
});

describe('the state of a projection', () => {
  it.each([
    ['current', [partition(0n, 0), partition(0n, 0)], true, { events: 0n, seconds: 0 }],
    ['catching-up', [partition(3n, 2), partition(4n, 1)], true, { events: 7n, seconds: 2 }],
    ['stopped', [partition(3n, 2)], false, { events: 3n, seconds: 2 }],
    ['unknown', [partition(3n, 2)], undefined, undefined],
    ['unknown', [partition(0n, 0), { topic: 't', partition: 1, position: 1n }], true, undefined],
  ] as const)('is %s', (state, partitions, running, lag) => {
    expect(stateOf([...partitions], running)).toEqual({ state, ...(lag && { lag }) });
  });
});
