import { describe, expect, it } from '@jest/globals';
import { withSideTopics } from '../domain/index.ts';
import { stoppedBy } from './stopped-by.ts';

const topic = (name: string, ...writers: string[]) => ({
  name,
  writers,
  partitions: 6,
  retentionMs: -1,
  maxMessageBytes: 1_000,
});
const catalogue = withSideTopics(
  [topic('commands', 'gateway', 'policy'), topic('events', 'decider')],
  [
    { group: 'decider', kind: 'decider', topics: ['commands'] },
    { group: 'policy', kind: 'policy', topics: ['events'] },
    { group: 'mail', kind: 'effect', topics: ['events'], retries: 3 },
    { group: 'redriver', kind: 'redrive', topics: ['events'] },
  ],
);

/** Whom it stops. */
const processes = {
  orders: ['decider'],
  policies: ['policy'],
  mails: ['mail'],
  desk: ['redriver'],
  gateway: [],
};
const stopped = (kind: 'wrong' | 'unread' | 'unused', name: string) =>
  Object.entries(processes)
    .filter(([service, groups]) => {
      const tail = service === 'gateway' ? ['events'] : [];
      const plans = groups.map((group) => ({ group }));
      return stoppedBy({ catalogue, service, tail }, plans)({ kind, topic: name, text: 'differs' });
    })
    .map(([service]) => service);

describe('who is stopped by a topic that was altered (every service was not ready)', () => {
  it.each([
    ['wrong', 'commands', ['orders', 'policies', 'gateway']],
    ['wrong', 'events', ['orders', 'policies', 'mails', 'desk', 'gateway']],
    ['wrong', 'mail.events.retry.2', ['mails']],
    ['wrong', 'mail.events.redrive', ['mails', 'desk']],
    ['wrong', 'decider.commands.dlq', ['orders']],
    ['wrong', 'records.decisions', ['orders', 'policies', 'mails', 'desk', 'gateway']],
    ['unread', 'commands', ['orders']],
    ['unread', 'events', ['orders']],
    ['unread', 'mail.events.retry.2', []],
    ['unused', 'commands', []],
  ] as const)('%s %s: %j', (kind, name, wanted) => {
    expect(stopped(kind, name)).toEqual(wanted);
  });
});
