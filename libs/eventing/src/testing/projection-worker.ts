import { KafkaClient } from '../kafka/client.ts';
import { sameDoors } from './doors.ts';
import { dyingAt, type Kill } from './dying-at.ts';
import { projectionOf } from './parking-projection.ts';
import { connect } from './scratch-read-model.ts';

/** The one argument of this script, as JSON. */
export interface ProjectionLife {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  /** Of the doors whose projection this is. Events whose id begins with `bad` fail. */
  readonly name: string;
  readonly kill?: Kill;
}

const { brokers, databaseUrl, name, kill } = JSON.parse(process.argv[2] ?? '') as ProjectionLife;
const client = new KafkaClient({ brokers, clientId: 'projection-worker' });
const parts = await sameDoors(name, { kind: 'projection' });
const fails = (id: string) => (id.startsWith('bad') ? new Error('never') : undefined);
projectionOf(client, connect(databaseUrl, 4), parts, fails).start(dyingAt(kill), name);
