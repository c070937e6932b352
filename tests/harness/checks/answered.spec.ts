import { describe, expect, it } from '@jest/globals';
import { check as find } from './answered.ts';
import { good, withCommands, withEvents } from './good-run.ts';
import { textOf } from './violation.ts';

const check = (...evidence: Parameters<typeof find>) => find(...evidence).map(textOf);

describe('commands and their answers', () => {
  it('belong together', () => {
    expect(check(good)).toEqual([]);
  });

  it('finds a command that was consumed and answered with nothing', () => {
    const silent = withEvents((events) => events.filter(({ causationId }) => causationId !== 'expire-b'));
    expect(check(silent)).toEqual([expect.stringContaining('ExpireOrder expire-b')]);
  });

  it('does not wait for what waits itself', () => {
    const delayed = withCommands((commands) => commands.filter(({ topic }) => topic.endsWith('.delay')));
    expect(check(delayed)).toEqual(['answered: there are no commands, so there is nothing to check']);
  });
});
