import { describe, expect, it } from '@jest/globals';
import { openTransaction } from '../../fixtures/log-reading.ts';
import { deadLetterTopic } from '../domain/index.ts';
import type { Log } from '../log/log.ts';
import { MemoryCluster } from '../memory/memory-cluster.ts';
import { deadLetter } from './copies.ts';
import { failureOf } from './failure.ts';
import { findDeadLetter } from './find-dead-letters.ts';

/** Questions that one search asks of the log, and some more. */
const QUESTIONS = 8;
const [group, topic] = ['group', 'source'];

/** Does something right before the n-th question. */
function interrupted(log: Log, nth: number, interrupt: () => Promise<void>): Log {
  let asked = 0;
  return new Proxy(log, {
    get: (target, name) => {
      const question: unknown = Reflect.get(target, name, target);
      if (typeof question !== 'function') return question;
      return (...args: unknown[]): unknown => {
        if (++asked !== nth || name === 'read') return question.apply(target, args);
        return interrupt().then((): unknown => question.apply(target, args));
      };
    },
  });
}

describe('the search for a dead letter', () => {
  it.each(Array.from({ length: QUESTIONS }, (_, index) => index + 1))(
    'never takes one for lost whose transaction ends while it searches (before question %i)',
    async (nth) => {
      const cluster = new MemoryCluster();
      cluster.broker.topics.create(deadLetterTopic(group, topic), 1);
      const original = {
        topic,
        partition: 0,
        offset: 1n,
        timestamp: 1,
        key: null,
        value: null,
        headers: [],
      };
      const who = { group, handler: 'spec', service: 'spec', version: '1' };
      const failure = failureOf(original, {
        ...who,
        thrown: [{ at: Date.now(), error: new Error('never') }],
      });
      const record = deadLetter(original, failure);
      const { commit } = await openTransaction(cluster, [record]);
      const at = {
        group,
        topic,
        partition: 0,
        deadLetterId: failure.id,
        redrives: 0,
        failedAt: failure.last.at,
      };
      const log = interrupted(cluster.log, nth, commit);
      const found = await findDeadLetter(log, at, new AbortController().signal).catch(
        (error: Error) => error,
      );
      if (found instanceof Error) expect(found).toMatchObject({ code: 'NOT_STABLE', unavailable: true });
      else expect(found?.key).toBe(null);
      await commit();
    },
  );
});
