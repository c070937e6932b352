import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';
import type { Random } from '../../../tools/random.ts';
import type { LoggedRecord } from '../log/record-batch.ts';

/** Marks a record that no handler can handle; the checkers look for it in the log. */
export const POISON_HEADER = 'poison';

const topics = ['orders.commands', 'inventory.commands'];
const partitions = 6;
/** No registry gives ids as high as this. */
const UNKNOWN_SCHEMA = 0x7fff_ff00;
export const poisons = ['undecodable bytes', 'unknown schema id', 'on a foreign partition'] as const;
export type PoisonKind = (typeof poisons)[number];

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

  /** Whether it has seen a valid record of each topic. */
  get hasExamples(): boolean {
    return topics.every((topic) => this.examples.has(topic));
  }

  async send(kinds: readonly PoisonKind[], random: Random): Promise<void> {
    this.connected ??= this.producer.connect();
    await this.connected.catch((error: unknown) => {
      this.connected = undefined;
      throw error;
    });
    for (const kind of kinds) {
      const topic = topics[random.between(0, topics.length - 1)] as string;
      await this.producer.send({ topic, acks: -1, messages: [this.message(topic, kind, random)] });
    }
  }

  async close(): Promise<void> {
    if (this.connected) await this.producer.disconnect();
  }

  private message(topic: string, kind: PoisonKind, random: Random): Message {
    const key = `poison-${random.between(1, 1_000)}`;
    const partition = random.between(0, partitions - 1);
    const headers = { [POISON_HEADER]: kind };
    if (kind === 'on a foreign partition') {
      const example = this.examples.get(topic);
      if (!example) throw new Error(`There is no valid record of ${topic} to misplace`);
      const foreign = (example.home + random.between(1, partitions - 1)) % partitions;
      return { key, value: example.value, headers: { ...example.headers, ...headers }, partition: foreign };
    }
    const value = Buffer.alloc(random.between(5, 60), random.between(1, 255));
    if (kind === 'unknown schema id') value.writeInt32BE(UNKNOWN_SCHEMA, value.writeUInt8(0));
    return { key, value, headers, partition };
  }
}
