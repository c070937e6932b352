import { KafkaCluster } from './kafka-cluster.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { record, scratchClient, scratchTopic, until } from '../testing/scratch-broker.ts';
import { runGroup, scratchGroup } from '../testing/scratch-group.ts';
import type { KafkaClient } from './client.ts';
import { KafkaError } from './errors.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { GroupMember } from './group-member.ts';
import { LogAppender } from './log-appender.ts';
import { LogTail } from '../engine/log-tail.ts';
import { committedOffset } from './positions.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
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
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [topic],
      log: silent,
      stored: () => {
        if (broken) throw fault();
        return [];
      },
      processor: (assigned, member) =>
        new TransactionalProcessor(
          new KafkaCluster(client.sibling('worker')),
          member,
          { handle: async () => ({ output: [] }) },
          { group, ...assigned },
        ),
    });
    consumer.start();
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

  it('in a worker', async () => {
    const topic = await scratchTopic(client);
    const group = await scratchGroup(client, topic);
    let broken = true;
    const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
      group,
      topics: [topic],
      log: silent,
      processor: (assigned, member) => {
        const handler = {
          handle: async () => {
            if (broken) throw new Error('a failure as usual');
            return { output: [] };
          },
        };
        const processor = new TransactionalProcessor(
          new KafkaCluster(client.sibling('worker')),
          member,
          handler,
          {
            group,
            ...assigned,
          },
        );
        const abandon = processor.abandon.bind(processor);
        processor.abandon = async () => {
          if (broken) throw fault();
          await abandon();
        };
        return processor;
      },
    });
    consumer.start();
    await new LogAppender(client).append(record(topic, 'x'));
    await until(() => reasons(consumer).some((reason) => reason.includes('nobody foresaw this')));
    broken = false;
    await until(async () => (await committedOffset(client, group, topic, 0)) === 1n);
    await until(() => reasons(consumer).length === 0);
    await consumer.stop();
  });

  it('in who follows a log, and no record is missed', async () => {
    const topic = await scratchTopic(client);
    const tail = new LogTail(new KafkaCluster(client.sibling('tail')));
    const values: string[] = [];
    let broken = true;
    await tail.start([topic], async (records) => {
      if (broken && records.length > 0) throw fault();
      values.push(...records.map(({ value }) => String(value)));
    });
    await new LogAppender(client).append(record(topic, 'x'));
    await until(() => tail.trouble?.includes(`Following ${topic}-0 failed`) === true);
    broken = false;
    await until(() => values.length > 0);
    expect(values).toEqual(['x']);
    await until(() => tail.trouble === undefined);
    await tail.stop();
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
