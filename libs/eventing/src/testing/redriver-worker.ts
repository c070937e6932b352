import { KafkaClient } from '../kafka/client.ts';
import { sameDoors } from './doors.ts';
import { dyingAt, type Kill } from './dying-at.ts';
import { onRedriveTopic, redriver } from './redriver.ts';

/** The one argument of this script, as JSON. */
export interface RedriverLife {
  readonly brokers: readonly string[];
  /** Of the doors whose redriver this is. */
  readonly name: string;
  readonly kill?: Kill;
}

const { brokers, name, kill } = JSON.parse(process.argv[2] ?? '') as RedriverLife;
const client = new KafkaClient({ brokers, clientId: 'redriver-worker' });

const complain = (text: string) => console.error(text);
const log = { info: () => undefined, warn: complain, error: complain };
redriver(client, {
  ...(await sameDoors(name, { kind: 'redrive' })),
  instanceId: name,
  targetOf: onRedriveTopic,
  failpoint: dyingAt(kill),
  log,
}).start();
