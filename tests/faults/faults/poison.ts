import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { Random } from '../../demo/random.ts';
import type { LoggedRecord } from '../log/record-batch.ts';

/** Marks a record that no handler can handle; the checkers look for it in the log. */
export const POISON_HEADER = 'poison';

const topics = ['orders.commands', 'inventory.commands'];
const partitions = 6;
/** No registry gives ids as high as this. */
const UNKNOWN_SCHEMA = 0x7fff_ff00;
const kinds = ['undecodable bytes', 'unknown schema id', 'on a foreign partition'] as const;

interface Example {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly home: number;
}

/** Writes records that can never be handled to the commands topics, as a broken producer would. */
export class Poison {
  private readonly producer: Producer;
  /** A valid record of each topic, to be written where it does not belong. */
  private readonly examples = new Map<string, Example>();
  private connected: Promise<void> | undefined;

  constructor(bootstrap: string) {
    const kafka = new Kafka({
      brokers: bootstrap.split(','),
      clientId: 'poison',
      logLevel: logLevel.NOTHING,
    });
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  /** Keeps the first record of a topic as the example of a valid one. */
  learn({ topic, value, headers, partition }: LoggedRecord): void {
    if (this.examples.has(topic) || !value || headers.has(POISON_HEADER)) return;
    this.examples.set(topic, {
      value: Buffer.from(value),
      headers: Object.fromEntries(headers),
      home: partition,
    });
  }

  async send(count: number, random: Random): Promise<void> {
    this.connected ??= this.producer.connect();
    await this.connected.catch((error: unknown) => {
      this.connected = undefined;
      throw error;
    });
    for (let each = 0; each < count; each++) {
      const topic = topics[each % topics.length] as string;
      const kind = kinds[random.between(0, kinds.length - 1)] as (typeof kinds)[number];
      await this.producer.send({ topic, acks: -1, messages: [this.message(topic, kind, random)] });
    }
  }

  async close(): Promise<void> {
    if (this.connected) await this.producer.disconnect();
  }

  private message(topic: string, kind: (typeof kinds)[number], random: Random): Message {
    const key = `poison-${random.between(1, 1_000)}`;
    const partition = random.between(0, partitions - 1);
    const headers = { [POISON_HEADER]: kind };
    const example = this.examples.get(topic);
    if (kind === 'on a foreign partition' && example) {
      const foreign = (example.home + random.between(1, partitions - 1)) % partitions;
      return { key, value: example.value, headers: { ...example.headers, ...headers }, partition: foreign };
    }
    const value = Buffer.alloc(random.between(5, 60), random.between(1, 255));
    if (kind === 'unknown schema id') value.writeInt32BE(UNKNOWN_SCHEMA, value.writeUInt8(0));
    return { key, value, headers, partition };
  }
}
