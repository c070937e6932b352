import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Catalogue, TopicSpec } from '../domain/index.ts';
import type { KafkaClient } from '../kafka/client/client.ts';
import { GroupMember } from '../kafka/groups/group-member.ts';
import { transactionalOn } from '../../fixtures/transactional-on.ts';
import { createTopics } from '../kafka/topics/topics.ts';
import { scratchClient, scratchName, until } from '../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../fixtures/scratch-group.ts';
import { Engine } from './engine.ts';
import type { EventingOptions } from './eventing-options.ts';
import { EngineHealth } from './health.ts';
import { KafkaEventTail } from './kafka-event-tail.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';
import type { Plan, PlanParts } from './plan.ts';
import type { Plans } from './plans.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const PARTITIONS = 2;
const topicOf = (name: string): TopicSpec => ({
  name,
  partitions: PARTITIONS,
  retentionMs: -1,
  maxMessageBytes: 1_048_588,
  writers: [],
});

describe('a process whose brokers know other topics than its catalogue', () => {
  let client: KafkaClient;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(() => void (client = scratchClient()));
  afterEach(async () => void (await Promise.all(stops.splice(0).map((stop) => stop()))));
  afterAll(() => client.close());

  const create = (...topics: TopicSpec[]) => createTopics(client, topics, { factor: 1, minInSync: 1 });

  /** One that runs this group, whose records it would only count off. */
  function process(catalogue: Catalogue, group?: string) {
    const options: EventingOptions = {
      service: 'spec',
      instance: scratchName('spec'),
      kafka: { brokers },
      registryUrl: '',
      contracts: [],
      catalogue,
      tail: catalogue.topics.map(({ name }) => name),
    };
    const make = (parts: PlanParts) => (group === undefined ? [] : [planOf(group, catalogue, parts)]);
    const open = new OpenTransactionWatch();
    const health = new EngineHealth(open);
    const engine = new Engine(options, { make } as Plans, health, open);
    stops.push(() => engine.stop());
    const started = engine.start(() => async () => undefined);
    return { engine, health, open, options, started };
  }

  it('shares out a topic of a newer release that its own does not know (the group never formed)', async () => {
    const [old, newer] = [topicOf(scratchName('old')), topicOf(scratchName('newer'))];
    await create(old, newer);
    const group = await scratchGroup(client, old.name);
    const { health, started } = process({ topics: [old], groups: [] }, group);
    await started;
    await until(() => health.report().details[group]?.status === 'up');

    let assigned: string[] = [];
    const member = new GroupMember(client.sibling('newer'), {
      group,
      topics: [old.name, newer.name],
      held: () => ({ running: [], stored: [] }),
      assigned: (partitions) => (assigned = partitions.map(({ topic }) => topic)),
      report: () => undefined,
    });
    stops.push(() => member.stop());
    member.start();
    await until(() => assigned.filter((topic) => topic === newer.name).length === PARTITIONS);
  });

  it('says under topics for what it waits, and starts when it is deployed (it said that it waited for Kafka)', async () => {
    const topic = topicOf(scratchName('late'));
    const { health, started } = process({ topics: [topic], groups: [] });
    await until(() => health.report().details['topics'] !== undefined);
    const reason = `Topics differ from the catalogue: ${topic.name} does not exist: run the deployment step`;
    expect(health.report().details['topics']).toEqual({ status: 'down', reason });
    await until(() => health.report().details['eventing']?.reason?.startsWith('topics: ') ?? false);
    await create(topic);
    await started;
    expect(health.report()).toMatchObject({ ready: true, details: { eventing: { status: 'up' } } });
  });

  it('follows no event beyond the declared partitions, where only others write', async () => {
    const topic = topicOf(scratchName('events'));
    await create({ ...topic, partitions: PARTITIONS + 1 });
    const { engine, health, open, options, started } = process({ topics: [topic], groups: [] });
    const tail = new KafkaEventTail(options, engine, health, open);
    stops.push(() => tail.onApplicationShutdown());
    await started;
    tail.onApplicationBootstrap();
    await until(() => tail.positions().length > 0);
    expect(tail.positions().map(({ partition }) => partition)).toEqual([0, 1]);
  });
});

function planOf(group: string, { topics }: Catalogue, parts: PlanParts): Plan {
  return {
    group,
    kind: 'policy',
    topics: topics.map(({ name }) => name),
    handles: [],
    guarantee: 'exactly-once',
    onFailure: 'none',
    processor: (assigned, member) =>
      transactionalOn(
        parts.cluster.apart(`worker-${assigned.partition}`),
        member,
        { handle: async () => ({ output: [] }) },
        { group, ...assigned },
      ),
  };
}
