import { describe, expect, it } from '@jest/globals';
import { LogError } from '../../log/errors.ts';
import { blamed, mayBeOne } from './blame.ts';

describe('what has failed a transaction', () => {
  const part = (group: string, generation: number, topic: string, partition: number) => ({
    records: [{ topic, partition, key: null, value: null, headers: [] }],
    position: { group, topic: 'source', partition: 0, offset: 1n, memberId: 'm', generation },
  });
  const parts = [part('one', 5, 'a', 0), part('one', 6, 'a', 1), part('two', 5, 'b', 0)] as const;
  const error = (fields: object, code = 'X', retryable = false) =>
    new LogError(code, 'failed', { retryable, fields: fields as never });

  it.each([
    ['the topic that an error names', { topic: 'a' }, [0, 1]],
    ['its partition', { topic: 'a', partition: 1 }, [1]],
    ['all partitions of a broker', { partitions: ['a-1', 'b-0'] }, [1, 2]],
    ['the group, and not where it stands', { group: 'one', topic: 'source', partition: 0 }, [0, 1]],
    [
      'the membership that was refused, and no later one',
      { group: 'one', memberId: 'm', generation: 5 },
      [0],
    ],
  ])('is what concerns %s', (_, fields, guilty) => {
    expect(blamed(parts, error(fields))).toEqual(guilty.map((at) => parts[at]));
  });

  it.each([{}, { topic: 'nowhere' }, { group: 'nobody' }])('is not known of an error about %j', (fields) => {
    expect(blamed(parts, error(fields))).toBeUndefined();
  });

  it('is looked for where it may be one alone: not where it passes, nor where a group has moved on', () => {
    expect(mayBeOne(error({}, 'MESSAGE_TOO_LARGE'))).toBe(true);
    expect(mayBeOne(error({}, 'TIMEOUT', true))).toBe(false);
    expect(mayBeOne(error({}, 'ILLEGAL_GENERATION'))).toBe(false);
  });
});
