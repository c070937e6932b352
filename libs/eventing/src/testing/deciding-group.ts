import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadLetterTopic } from '../domain/index.ts';
import { FailureReporter } from '../failures/reporter.ts';
import { DeciderHandler } from '../engine/groups/decider-handler.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import type { KafkaClient } from '../kafka/client.ts';
import { GroupConsumer } from '../engine/group-consumer.ts';
import { LogAppender } from '../kafka/log-appender.ts';
import { createPositions, createTopics } from '../kafka/topics.ts';
import { TransactionalProcessor } from '../engine/transactional-processor.ts';
import { MessageCodec } from '../serde/message-codec.ts';
import { registerSchemas } from '../serde/register-schemas.ts';
import { ConfluentRegistry } from '../serde/schema-registry.ts';
import { DeciderState } from '../state/decider-state.ts';
import type { counters } from './counters.ts';
import { readTopic } from './read-topic.ts';
import { system } from '../time/system-clock.ts';

const none = async () => undefined;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The counters at work on the run's broker, with a state directory of their own. */
export async function decidingGroup(client: KafkaClient, platform: ReturnType<typeof counters>) {
  const registryUrl = process.env['REGISTRY_URL'] ?? '';
  const { rules, catalogue, contracts } = platform;
  const directory = await mkdtemp(join(tmpdir(), 'atelier-state-'));
  await registerSchemas(registryUrl, contracts, () => 'FULL_TRANSITIVE');
  await createTopics(client, catalogue.topics, { factor: 1, minInSync: 1 });
  await createPositions(client, catalogue);
  const codec = new MessageCodec(new ConfluentRegistry(registryUrl), contracts);
  await codec.ready();
  const builder = new RecordBuilder(codec, catalogue, 'spec');
  const consumer = new GroupConsumer(new KafkaCluster(client.sibling('consumer')), {
    group: rules.group,
    topics: [rules.commands.topic],
    log: silent,
    processor: (assigned, member) => {
      const { partition } = assigned;
      const at = { directory: join(directory, `${partition}`), partition, rememberMs: 86_400_000 };
      const reporter = new FailureReporter(builder);
      const told = { ...system, service: 'spec', version: '1', reporter, failpoint: none };
      const state = new DeciderState(rules, codec, at);
      const handler = new DeciderHandler(rules, codec, builder, state, told);
      const options = { group: rules.group, ...assigned, failpoint: none };
      return new TransactionalProcessor(new KafkaCluster(client.sibling('worker')), member, handler, options);
    },
  });
  return {
    codec,
    builder,
    appender: new LogAppender(client),
    start: () => consumer.start(),
    events: () => readTopic(client, rules.events.topic),
    deadLetters: () => readTopic(client, deadLetterTopic(rules.group, rules.commands.topic)),
    stop: async () => {
      await consumer.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
