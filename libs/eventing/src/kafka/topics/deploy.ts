import { type Catalogue, ConfigurationError, type Contract, SCHEMAS_TOPIC } from '../../domain/index.ts';
import { compatibilityOf } from '../../serde/evolution/schema-gate.ts';
import { tryUpcasters } from '../../serde/evolution/upcast-trial.ts';
import { planRegistration } from '../../serde/register-schemas.ts';
import { KafkaClient } from '../client/client.ts';
import { moveUnread } from './move-unread.ts';
import { SchemaMemory } from './schema-memory.ts';
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
 * catalogue asks for it. Throws when an upcaster fails on a sample, before anybody is asked; when a schema is incompatible or a
 * released one was edited, before anything is registered; and when a topic differs from the catalogue.
 */
export async function deploy(deployment: Deployment): Promise<string> {
  const { brokers, newGroups = [], catalogue, contracts } = deployment;
  checkGroups(catalogue);
  tryUpcasters(contracts);
  const client = new KafkaClient({ brokers, clientId: 'deploy' });
  try {
    const schemas = await deploySchemas(client, deployment);
    const raised = await raiseLimits(client, catalogue.topics);
    const moved = await moveUnread(client, catalogue);
    const differences = await topicDifferences(client, catalogue);
    const wrong = differences.filter(({ kind }) => kind === 'wrong').map(({ text }) => text);
    if (wrong.length > 0)
      throw new ConfigurationError('TOPICS_DIFFER', `Topics differ from the catalogue: ${wrong.join('; ')}`, {
        fields: { differences: wrong },
      });
    await createPositions(client, catalogue, newGroups);
    const groups = `${catalogue.topics.length} topics, ${catalogue.groups.length} groups`;
    const unusual = [...raised, ...moved, ...differences.map(({ text }) => text)];
    return [`${schemas.registered} schemas registered, ${groups}`, ...schemas.restored, ...unusual].join(
      '\n',
    );
  } finally {
    await client.close();
  }
}

/** Topics are created meanwhile, once nothing speaks against the schemas. */
async function deploySchemas(client: KafkaClient, deployment: Deployment) {
  const { registryUrl, replication, contracts, catalogue } = deployment;
  const topic = catalogue.topics.find(({ name }) => name === SCHEMAS_TOPIC);
  const memory = new SchemaMemory(client, topic);
  const registration = await planRegistration(registryUrl, contracts, compatibilityOf, await memory.all());
  const creating = createTopics(client, catalogue.topics, replication);
  const [schemas] = await Promise.all([registration.register(), creating]);
  await memory.keep(schemas);
  const { restored } = registration;
  const back =
    restored > 0 ? [`${restored} schemas that the registry had lost are back, with their ids`] : [];
  return { registered: schemas.length, restored: back };
}
