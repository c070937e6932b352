import { type Catalogue, ConfigurationError, type Contract } from '../../domain/index.ts';
import { compatibilityOf } from '../../serde/evolution/schema-gate.ts';
import { registerSchemas } from '../../serde/register-schemas.ts';
import { KafkaClient } from '../client/client.ts';
import { moveUnread } from './move-unread.ts';
import { topicDifferences } from './topic-differences.ts';
import { checkGroups, createPositions, createTopics, raiseLimits } from './topics.ts';

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
 * changes nothing that exists, apart from commands where nobody would read them, and lets topics take larger batches where the
 * catalogue asks for it. Throws when a schema is incompatible or a topic differs from the catalogue.
 */
export async function deploy(deployment: Deployment): Promise<string> {
  const { brokers, registryUrl, replication, newGroups = [], contracts, catalogue } = deployment;
  checkGroups(catalogue);
  const client = new KafkaClient({ brokers, clientId: 'deploy' });
  try {
    const registering = registerSchemas(registryUrl, contracts, compatibilityOf);
    const [subjects] = await Promise.all([registering, createTopics(client, catalogue.topics, replication)]);
    const raised = await raiseLimits(client, catalogue.topics);
    const moved = await moveUnread(client, catalogue);
    const differences = await topicDifferences(client, catalogue);
    const wrong = differences.filter(({ kind }) => kind === 'wrong').map(({ text }) => text);
    if (wrong.length > 0)
      throw new ConfigurationError('TOPICS_DIFFER', `Topics differ from the catalogue: ${wrong.join('; ')}`, {
        fields: { differences: wrong },
      });
    await createPositions(client, catalogue, newGroups);
    const done = `${subjects} schemas registered, ${catalogue.topics.length} topics, ${catalogue.groups.length} groups`;
    return [done, ...raised, ...moved, ...differences.map(({ text }) => text)].join('\n');
  } finally {
    await client.close();
  }
}
