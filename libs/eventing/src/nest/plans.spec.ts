import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  type Catalogue,
  contract,
  type GroupSpec,
  type HandlerKind,
  type Message,
  messageType,
} from '../domain/index.ts';
import { IgnoredRecords } from '../ignored/ignored-records.ts';
import { AtLeastOnceProcessor } from '../engine/worker/at-least-once-processor.ts';
import { AtMostOnceProcessor } from '../engine/worker/at-most-once-processor.ts';
import { KafkaClient } from '../kafka/client/client.ts';
import { GroupMember } from '../kafka/groups/group-member.ts';
import { CommitCycles } from '../engine/commits/commit-cycles.ts';
import { TransactionalProcessor } from '../engine/worker/transactional-processor.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import type { EventingOptions } from './eventing-options.ts';
import type { FoundHandler } from './handler-discovery.ts';
import type { HandlerFacts } from './handlers.ts';
import { describePlans } from './plan.ts';
import { Plans } from './plans.ts';
import { ReadModelDatabase } from './read-model-database.ts';
import { systemClock } from '../time/system-clock.ts';

const topic = 'doors.events';
type Opened = Message<'Opened', { id: string }>;
const fields = [{ name: 'id', type: 'string' }];
const schema = { type: 'record', name: 'Opened', namespace: 'doors', fields } as const;
const Opened = messageType<Opened>({ type: 'Opened', topic, key: 'id', versions: [schema] });

const nothingIgnored = new IgnoredRecords(undefined, () => undefined);

/** The plan of a handler that was found with these facts; nothing is asked of any broker. */
function planned(facts: HandlerFacts & { group: string }, more: Partial<GroupSpec> = {}) {
  const { kind, group } = facts;
  const catalogue: Catalogue = {
    topics: [{ name: topic, partitions: 1, retentionMs: -1, maxMessageBytes: 1_000, writers: [] }],
    groups: [{ group, kind: kind as HandlerKind, topics: [topic], ...more }],
  };
  const options: EventingOptions = {
    service: 'bells',
    instance: 'bells-1',
    kafka: { brokers: [] },
    registryUrl: 'http://localhost',
    contracts: [contract(topic, { Opened })],
    catalogue,
    stateDir: 'not-made',
  };
  const found: FoundHandler = { facts, name: 'Bell', types: [Opened], call: () => undefined };
  const client = new KafkaClient({ brokers: [], clientId: 'spec' });
  const codec = new MessageCodec(new ConfluentRegistry(options.registryUrl), options.contracts, systemClock);
  const plans = new Plans(
    options,
    { find: () => [found] } as never,
    new ReadModelDatabase(options),
    nothingIgnored,
  );
  const cluster = new KafkaCluster(client);
  const [plan] = plans.make({
    cluster,
    transactions: new CommitCycles(cluster, { service: 'spec', instance: 'spec', groups: [] }),
    codec,
    performance: () => async () => undefined,
  });
  if (!plan) throw new Error('No plan was made');
  const member = new GroupMember(client, {
    group,
    topics: [topic],
    held: () => ({ running: [], stored: [] }),
    assigned: () => undefined,
    report: () => undefined,
  });
  return {
    plan,
    line: describePlans([plan])[0],
    processor: () => plan.processor({ topic, partition: 0 }, member),
  };
}

describe('the plan of a policy', () => {
  it.each([
    [
      undefined,
      'exactly-once | dead letter, its key parked; unknown types: dead letter',
      TransactionalProcessor,
    ],
    [
      'exactly-once',
      'exactly-once | dead letter, its key parked; unknown types: dead letter',
      TransactionalProcessor,
    ],
    ['at-least-once', 'at-least-once | dead letter; unknown types: dead letter', AtLeastOnceProcessor],
    ['at-most-once', 'at-most-once | dead letter; unknown types: dead letter', AtMostOnceProcessor],
  ] as const)('with the guarantee %s prints %s and is processed so', (guarantee, printed, kind) => {
    const facts = { kind: 'policy', group: 'bells.ring', ...(guarantee && { guarantee }) } as const;
    const { line, processor } = planned(facts);
    expect(line).toBe(`bells.ring | policy | ${topic} | Opened | ${printed}`);
    expect(processor()).toBeInstanceOf(kind);
  });

  it('takes back what was redriven', () => {
    const { processor } = planned({ kind: 'policy', group: 'bells.ring' });
    expect(processor().sideTopics).toEqual([`bells.ring.${topic}.redrive`]);
  });

  it('is refused when its entry in the catalogue parks, and it does not', () => {
    expect(() => planned({ kind: 'policy', group: 'bells.ring', ordering: 'none' })).toThrow(
      "bells.ring declares ordering: 'none', and its entry in the catalogue has parks: true",
    );
  });

  it('lets later events of a key pass when it says so', () => {
    const { line } = planned({ kind: 'policy', group: 'bells.ring', ordering: 'none' }, { parks: false });
    expect(line).toMatch(/\| exactly-once \| dead letter; unknown types: dead letter$/);
  });
});

describe('the plan of an effect', () => {
  const group = 'bells.sound';

  it('is at-least-once, with attempts, unless it says otherwise', () => {
    const { plan, line } = planned({ kind: 'effect', group });
    expect(line).toMatch(
      'at-least-once outside, once in Kafka | 3 attempts at once, dead letter; unknown types: dead letter',
    );
    expect(plan.maxBatch).toBeUndefined();
  });

  it('at-most-once takes one event for each commit, and makes one attempt', () => {
    const { plan, line } = planned({ kind: 'effect', group, guarantee: 'at-most-once' });
    expect(line).toMatch(/\| at-most-once \| dead letter; unknown types: dead letter$/);
    expect(plan.maxBatch).toBe(1);
  });

  it('says how many keys it performs at once', () => {
    const { line } = planned({ kind: 'effect', group, concurrency: 64 });
    expect(line).toMatch('once in Kafka, 64 keys at once | 3 attempts');
  });

  it.each([0, 65, 1.5, NaN, '16'])('is refused with a concurrency that is none: %s', (concurrency) => {
    expect(() => planned({ kind: 'effect', group, concurrency: concurrency as number })).toThrow(
      `bells.sound declares concurrency: ${concurrency}, which has to be an integer from 1 to 64`,
    );
  });

  it('is refused when it is at-most-once and performs several at once', () => {
    const facts = { kind: 'effect', group, guarantee: 'at-most-once', concurrency: 2 } as const;
    expect(() => planned(facts as never)).toThrow('there is one at a time. Leave it out');
  });
});
