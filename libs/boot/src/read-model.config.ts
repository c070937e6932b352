import { readConfig } from './read-config.ts';
import { url } from './variables.ts';

const readModel = {
  DATABASE_URL: url(
    /^postgres(ql)?$/,
    'the URL of the database, like postgres://user@127.0.0.1:5432/atelier',
  ),
};

/**
 * What a service with read models is given on top: `{ databaseUrl }`, which alone decides from now on. PGSSLMODE, PGOPTIONS and the
 * like are removed: Postgres's client takes from there whatever its URL does not say. PGPASSWORD stays: a secret needs no
 * place in a URL. Comes before any client is made.
 */
export function readModelConfig(variables: NodeJS.ProcessEnv = process.env) {
  for (const name of Object.keys(variables))
    if (/^PG(?!PASSWORD$)[A-Z]/.test(name)) Reflect.deleteProperty(variables, name);
  return Object.freeze({ databaseUrl: readConfig(readModel, variables).DATABASE_URL });
}
