import { trustedPosition } from '../log/trusted-position.ts';
import { KafkaLog } from './reading/kafka-log.ts';
import { afterAll, describe, expect, it } from '@jest/globals';
import { record, scratchClient, scratchTopic, until } from '../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../fixtures/scratch-group.ts';
import type { KafkaClient } from './client/client.ts';
import { KafkaError } from './client/errors.ts';
import { LogAppender } from './producing/log-appender.ts';
import { committedOffset, logEnd } from './groups/stored-positions.ts';
import type { Handled } from '../engine/handler.ts';

/** Each of them waits for what does not come, for as long as it has to: so they wait at the same time. */
describe('a consumer that is stopped', () => {
  const client = scratchClient();
  afterAll(() => client.close());

  async function members(group: string): Promise<number> {
    const node = await client.coordinator('group', group);
    const answer = await client.call<{ groups: { members: unknown[] }[] }>(node, 'DescribeGroups', {
      groupIds: [group],
    });
    return answer.groups[0]?.members.length ?? -1;
  }

  /** A consumer in the middle of a batch whose handler returns when told. */
  async function midBatch(own: KafkaClient, instanceId?: string) {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    await new LogAppender(client).append(record(topic, 'x'));
    const gate = Promise.withResolvers<Handled>();
    let handling = false;
    const handle = () => {
      handling = true;
      return gate.promise;
    };
    const named = instanceId === undefined ? {} : { instanceId };
    const consumer = runGroup(own, { group, topic, handle, ...named });
    await until(() => handling);
    const release = (output: Handled['output'] = []) => gate.resolve({ output });
    return { consumer, group, topic, release };
  }

  it.concurrent.each([
    ['', undefined],
    [' with a name of its own', 'static-1'],
  ])('commits the batch under way and leaves at once%s', async (_, instanceId) => {
    const { consumer, group, topic, release } = await midBatch(client, instanceId);
    const stopping = consumer.stop();
    release();
    await stopping;
    expect(await committedOffset(client, group, topic, 0)).toBe(1n);
    expect(await members(group)).toBe(0);
    const next = runGroup(client, { group, topic, handle: async () => ({ output: [] }) });
    await until(() => next.status.workers.get(`${topic}-0`)?.state === 'running');
    await next.stop();
  });

  it.concurrent('leaves although a handler hangs, and never publishes what that answers later', async () => {
    const { consumer, group, topic, release } = await midBatch(client);
    await consumer.stop();
    expect(await members(group)).toBe(0);
    const out = await scratchTopic(client);
    release([record(out, 'late')]);
    const next = runGroup(client, { group, topic, handle: async () => ({ output: [] }) });
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    expect(await logEnd(client, out, 0)).toBe(0n);
    await next.stop();
  });

  it.concurrent.each([
    ['', {}],
    [' with a name of its own', { instanceId: 'second' }],
  ])('leaves while another holds up a rebalance%s', async (_, named) => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const idle = { group, topic, handle: async () => ({ output: [] }) };
    const slowToJoin = hangable(['JoinGroup']);
    const first = runGroup(slowToJoin.client, idle);
    await until(() => first.status.joined);
    slowToJoin.hang();
    // The coordinator answers the second join only when the first member has joined again.
    const second = runGroup(client, { ...idle, ...named });
    await until(async () => (await members(group)) === 2);
    await second.stop();
    expect(await members(group)).toBe(1);
    await first.stop();
  });

  it.concurrent('ends although brokers have stopped answering in the middle of its work', async () => {
    const hanging = hangable();
    const { consumer } = await midBatch(hanging.client);
    hanging.hang();
    await expect(consumer.stop()).resolves.toBeUndefined();
  });

  it.concurrent('ends although the restoring of state hears no signal', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    let restoring = false;
    const restore = () => {
      restoring = true;
      return new Promise<void>(() => undefined);
    };
    const consumer = runGroup(client, { group, topic, restore, handle: async () => ({ output: [] }) });
    await until(() => restoring);
    await consumer.stop();
    expect(await members(group)).toBe(0);
  });

  it.concurrent('waits no longer for brokers to tell it a position', async () => {
    const stopping = new AbortController();
    const away = client.sibling('away');
    let asked = 0;
    away.coordinator = async () => {
      asked++;
      throw new KafkaError('CONNECTION', 'nobody is there', { retryable: true });
    };
    const reading = trustedPosition(new KafkaLog(away), 'group', 'topic', 0, stopping.signal);
    const outcome = reading.then(
      () => 'answered',
      () => 'given up',
    );
    await until(() => asked > 2);
    stopping.abort();
    const before = asked;
    expect(await outcome).toBe('given up');
    expect(asked).toBeLessThanOrEqual(before + 1);
  });
});

/** A client that, with its siblings, is no longer answered when told: nothing, or nothing of these kinds. */
function hangable(kinds?: readonly string[]): { client: KafkaClient; hang: () => void } {
  let hung = false;
  const wrap = (client: KafkaClient): KafkaClient => {
    const [call, exchange, sibling] = [client.call, client.exchange, client.sibling].map((f) =>
      f.bind(client),
    ) as [KafkaClient['call'], KafkaClient['exchange'], KafkaClient['sibling']];
    client.call = <T>(...args: Parameters<KafkaClient['call']>) =>
      hung && kinds?.includes(args[1]) ? new Promise<T>(() => undefined) : call<T>(...args);
    client.exchange = <T>(...args: Parameters<KafkaClient['exchange']>) =>
      hung && !kinds ? new Promise<T>(() => undefined) : exchange<T>(...args);
    client.sibling = (suffix) => wrap(sibling(suffix));
    return client;
  };
  return { client: wrap(scratchClient()), hang: () => (hung = true) };
}
