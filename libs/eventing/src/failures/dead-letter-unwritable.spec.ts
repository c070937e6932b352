import { afterEach, expect, it } from '@jest/globals';
import { inMemory } from '../../fixtures/hosts.ts';
import { fatal, type Ringing, ringing } from '../../fixtures/ringing.ts';
import { until } from '../../fixtures/until.ts';
import { deadLetterTopic } from '../domain/index.ts';
import type { SpecBroker } from '../testing/spec-broker.ts';

let policy: Ringing<SpecBroker>;
afterEach(() => policy.stop());

it('a policy whose dead-letter topic cannot be written waits and says why, and loses nothing', async () => {
  policy = await ringing(inMemory, { kind: 'policy' }, ({ id }) =>
    id === 'bad' ? fatal('never') : undefined,
  );
  const { topics } = policy.host.cluster.broker;
  const topic = deadLetterTopic(policy.group, policy.events);
  for (const [door, id] of [
    ['a', 'first'],
    ['b', 'bad'],
    ['c', 'last'],
  ] as const)
    await policy.ring(door, 1, id);
  const running = await policy.start();
  // Whatever is missing is made by the start, which resolves before a record is read.
  topics.delete(topic);
  const status = () => running.status.workers.get(`${policy.events}-0`);
  await until(() => status()?.state === 'waiting' && status()?.reason?.includes(topic) === true);
  expect((await policy.handled()).filter((id) => id !== 'first')).toEqual([]);
  topics.create(topic, 1);
  await policy.host.idle();
  expect(await policy.handled()).toEqual(['first', 'last']);
  expect(await policy.deadLetters()).toHaveLength(1);
  expect(status()?.state).toBe('running');
});
