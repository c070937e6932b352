import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { record, scratchClient, scratchTopic, until } from '../../fixtures/scratch-broker.ts';
import { runGroup, scratchGroup } from '../../fixtures/scratch-group.ts';
import type { KafkaClient } from './client/client.ts';
import { KafkaError } from './client/errors.ts';
import type { GroupConsumer } from '../engine/group-consumer.ts';
import { GroupMember } from './groups/group-member.ts';
import { LogAppender } from './producing/log-appender.ts';
import { committedOffset } from './groups/stored-positions.ts';

const fault = () => new TypeError('nobody foresaw this');

/** Each fault lasts until it was seen to be told; then the same part must work again by itself. */
describe('a fault that nobody foresaw turns the status red, and heals', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  /** Waits for the reason, takes the fault away, and waits for a record to be handled. */
  async function heals(consumer: GroupConsumer, topic: string, repair: () => void) {
    const { group } = consumer.options;
    await until(() => reasons(consumer).some((reason) => reason.includes('nobody foresaw this')));
    repair();
    await new LogAppender(client).append(record(topic, 'x'));
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    await until(() => reasons(consumer).length === 0);
    expect(consumer.status.workers.get(`${topic}-0`)?.state).toBe('running');
    await consumer.stop();
  }

  const reasons = ({ status }: GroupConsumer): string[] =>
    [status.trouble, ...[...status.workers.values()].map(({ reason }) => reason)].filter(
      (reason) => reason !== undefined,
    );

  it('in the membership', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    let broken = true;
    const consumer = runGroup(client, {
      group,
      topic,
      stored: () => {
        if (broken) throw fault();
        return [];
      },
      handle: async () => ({ output: [] }),
    });
    await heals(consumer, topic, () => (broken = false));
  });

  it('in who is told of an assignment, and it is told again', async () => {
    const topic = await scratchTopic(client);
    const told: number[] = [];
    let broken = true;
    const member = new GroupMember(client.sibling('member'), {
      group: await scratchGroup(client, topic),
      topics: [topic],
      held: () => ({ running: [], stored: [] }),
      assigned: ({ length }) => {
        if (broken) throw fault();
        told.push(length);
      },
      report: () => undefined,
    });
    member.start();
    await until(() => member.trouble?.includes('nobody foresaw this') === true);
    broken = false;
    await until(() => told.length > 0 && member.trouble === undefined);
    expect(told).toEqual([1]);
    await member.stop();
  });

  it.each(['the routing of fetches', 'a fetch'])('in %s', async (where) => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    const broken = scratchClient();
    const sibling = broken.sibling.bind(broken);
    let repair: () => void = () => undefined;
    broken.sibling = (suffix) => {
      const own = sibling(suffix);
      if (suffix === 'consumer') repair = (where === 'a fetch' ? breakFetches : breakLeaders)(own);
      return own;
    };
    const consumer = runGroup(broken, { group, topic, handle: async () => ({ output: [] }) });
    await heals(consumer, topic, () => repair());
  });
});

const throwing = (): never => {
  throw fault();
};

/** Breaks how leaders are looked up; answers the way to repair it. */
function breakLeaders(client: KafkaClient): () => void {
  const { leadership } = client;
  client.leadership = throwing;
  return () => (client.leadership = leadership);
}

/** Fetches fail as usual, but what follows from that fails as well; answers the way to repair it. */
function breakFetches(client: KafkaClient): () => void {
  const { exchange, forget } = client;
  const FETCH = 1;
  client.forget = throwing;
  client.exchange = async <T>(...args: Parameters<KafkaClient['exchange']>): Promise<T> => {
    const [, what] = args;
    if (typeof what === 'object' && what.request.apiKey === FETCH)
      throw new KafkaError('CONNECTION', 'the connection broke', { retryable: true });
    return exchange.call(client, ...args) as Promise<T>;
  };
  return () => Object.assign(client, { exchange, forget });
}
