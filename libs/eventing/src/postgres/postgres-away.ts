import { EventingError } from '../domain/index.ts';
import { classify, namedDependency } from '../failures/classification.ts';

/** The read model's database cannot be used now. */
export class PostgresAway extends EventingError {
  readonly unavailable = true;
  readonly dependency = 'Postgres';

  constructor(cause: Error) {
    super('POSTGRES_AWAY', cause.message, { retryable: true, cause });
  }
}

/** One outage has many errors, of the server and of the network: of those that nobody else has named, it is the database's. */
export async function namingPostgres<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const unnamed = classify(cause, 'fatal') === 'unavailable' && namedDependency(cause) === undefined;
    throw unnamed ? new PostgresAway(cause as Error) : cause;
  }
}
