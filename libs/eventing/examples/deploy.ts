import { deploy } from '@atelier/eventing/kafka';
import { migrateEventing } from '@atelier/eventing/postgres';
import { type Kysely, sql } from 'kysely';
import { catalogue } from './catalogue.ts';
import { contracts } from './contracts.ts';

/** Before each start of a new release; it may run again and again. */
export async function deployBikes(
  brokers: readonly string[],
  registryUrl: string,
  database: Kysely<unknown>,
) {
  await deploy({ brokers, registryUrl, contracts, catalogue, replication: { factor: 1, minInSync: 1 } });
  await migrateEventing(database);
  await sql`create table if not exists bikes (bike_id text primary key, rider_id text)`.execute(database);
}
