import { describe, expect, it } from '@jest/globals';
import { KafkaError } from '../kafka/client/errors.ts';
import { HandlerStuck } from '../engine/worker/turn.ts';
import { DependencyOutages } from './outages.ts';
import { systemClock } from '../time/system-clock.ts';

const down = (dependency: string) =>
  Object.assign(new Error(`${dependency} is away`), { unavailable: true, dependency });

describe('the outages of a process', () => {
  it('are known by the name of the dependency, with a reason, until one try succeeds', () => {
    const outages = new DependencyOutages(systemClock);
    const smtp = outages.met(down('SMTP'));
    outages.met(down('SMTP'));
    outages.met(down('Postgres'));
    expect([...outages.down.keys()]).toEqual(['SMTP', 'Postgres']);
    expect(outages.down.get('SMTP')).toBe('SMTP has been down for 0 s: SMTP is away');
    smtp?.over();
    expect([...outages.down.keys()]).toEqual(['Postgres']);
  });

  it.each([
    ['an error of a record', new Error('wrong')],
    ['an error that may pass', Object.assign(new Error('busy'), { retryable: true })],
    ['a broker that is away', new KafkaError('CONNECTION', 'gone', { retryable: true })],
    ['a handler that hangs', new HandlerStuck('g t-0', 1)],
  ])('are none: %s', (_, error) => {
    const outages = new DependencyOutages(systemClock);
    expect(outages.met(error)).toBeUndefined();
    expect(outages.down.size).toBe(0);
  });

  it('are the same for one who tries in vain, and another for one who meets another', () => {
    const outages = new DependencyOutages(systemClock);
    const first = outages.met(down('SMTP'));
    expect(outages.met(down('SMTP'), first)).toBe(first);
    expect(outages.met(down('SMTP'))).not.toBe(first);
    expect(outages.met(down('Postgres'), first)).not.toBe(first);
  });
});
