import type { Catalogue, Contract } from '@atelier/eventing/domain';
import {
  checkGroups,
  createPositions,
  createTopics,
  KafkaClient,
  raiseLimits,
  topicDifferences,
} from '@atelier/eventing/kafka';
import { registerSchemas } from '@atelier/eventing/serde';

export interface Deployment {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  /** Replicas of each topic, and how many must have a record before it counts as written. */
  readonly replication: { readonly factor: number; readonly minInSync: number };
  /** Groups that are deployed for the first time although their topics have records already. */
  readonly newGroups?: readonly string[];
  readonly contracts: readonly Contract[];
  readonly catalogue: Catalogue;
}

/**
 * What must be there before any service starts: schemas, topics, and the groups' first positions. May be repeated;
 * never changes what exists, but lets topics take larger batches where the catalogue asks for it. Throws when a schema is incompatible or a topic differs from the catalogue.
 */
export async function deploy(deployment: Deployment): Promise<string> {
  const { brokers, registryUrl, replication, newGroups = [], contracts, catalogue } = deployment;
  checkGroups(catalogue);
  const client = new KafkaClient({ brokers, clientId: 'deploy' });
  try {
    const subjects = await registerSchemas(registryUrl, contracts, (topic) =>
      topic.endsWith('.events') ? 'FULL_TRANSITIVE' : 'BACKWARD_TRANSITIVE',
    );
    await createTopics(client, catalogue.topics, replication);
    await raiseLimits(client, catalogue.topics);
    const differences = await topicDifferences(client, catalogue.topics);
    if (differences.length > 0)
      throw new Error(`Topics differ from the catalogue: ${differences.join('; ')}`);
    await createPositions(client, catalogue, newGroups);
    return `${subjects} schemas registered, ${catalogue.topics.length} topics, ${catalogue.groups.length} groups`;
  } finally {
    await client.close();
  }
}
