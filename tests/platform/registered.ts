import { sql } from 'kysely';
import { databaseAt } from '../../tools/demo/database.ts';
import { get, post } from '../harness/http.ts';

/** A version of a subject, as a registry has it. */
export interface Registered {
  readonly subject: string;
  readonly level: string;
  readonly version: number;
  readonly id: number;
  readonly schema: string;
}

/** Every version of every subject. */
export async function registeredIn(registry: string): Promise<readonly Registered[]> {
  const { body: subjects } = await get(`${registry}/subjects`);
  const found = await Promise.all(
    (subjects as string[]).sort().map((subject) => versionsOf(registry, subject)),
  );
  return found.flat();
}

async function versionsOf(registry: string, subject: string): Promise<readonly Registered[]> {
  const at = `${registry}/subjects/${encodeURIComponent(subject)}/versions`;
  const { body: config } = await get(`${registry}/config/${encodeURIComponent(subject)}`);
  const { body: versions } = await get(at);
  const found = (versions as number[]).map(async (version) => {
    const { id, schema } = (await get(`${at}/${version}`)).body;
    return { subject, level: config.compatibilityLevel, version, id, schema };
  });
  return Promise.all(found);
}

/** Registers a schema that nobody has; answers the id that it has got. */
export async function registerAnother(registry: string): Promise<number> {
  const schema = JSON.stringify({ type: 'record', name: 'Another', fields: [] });
  return (await post(`${registry}/subjects/another/versions`, { schema })).body.id;
}

/** Empties the database of a registry, which begins anew when it is started. `postgres`: of the platform, on the same server. */
export async function loseSchemas(postgres: string): Promise<void> {
  const database = databaseAt(postgres.replace(/\/[^/]*$/, '/registry'));
  try {
    await sql`drop schema public cascade`.execute(database);
    await sql`create schema public`.execute(database);
  } finally {
    await database.destroy();
  }
}
