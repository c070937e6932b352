import type { Stack } from '@atelier/local-stack';
import { KafkaRequests } from '../network/kafka-requests.ts';
import { TcpProxy } from '../network/tcp-proxy.ts';

/** A relay in front of each broker and of Postgres, which can cut, stall or slow what passes. */
export class Relays {
  /** One for each broker, in their order. */
  readonly brokers: readonly TcpProxy[];
  /** Holds back requests to a broker, by the same order. */
  readonly requests: readonly KafkaRequests[];
  readonly database: TcpProxy;

  private constructor(brokers: TcpProxy[], requests: KafkaRequests[], database: TcpProxy) {
    this.brokers = brokers;
    this.requests = requests;
    this.database = database;
  }

  /** For a stack that was started with relayed brokers. */
  static async start({ kafka, postgresUrl }: Stack): Promise<Relays> {
    const requests = kafka.brokers.map(() => new KafkaRequests());
    const brokers = kafka.brokers.map(({ relayed }, index) => {
      if (!relayed) throw new TypeError('The stack was started without relays');
      const { intercept } = requests[index] as KafkaRequests;
      return TcpProxy.start({ port: relayed.relayPort, target: at(relayed.port), intercept });
    });
    const database = TcpProxy.start({ target: at(Number(new URL(postgresUrl).port)) });
    return new Relays(await Promise.all(brokers), requests, await database);
  }

  /** The stack as services see it: every way to a broker or to Postgres leads through a relay. */
  inFrontOf(stack: Stack): Stack {
    const postgresUrl = new URL(stack.postgresUrl);
    postgresUrl.port = String(this.database.port);
    const bootstrap = this.brokers.map(({ address }) => address).join(',');
    return { ...stack, kafka: { ...stack.kafka, bootstrap }, postgresUrl: String(postgresUrl) };
  }

  mend(): void {
    for (const relay of [...this.brokers, this.database]) relay.mend();
  }

  async close(): Promise<void> {
    await Promise.all([...this.brokers, this.database].map((relay) => relay.close()));
  }
}

const at = (port: number) => ({ host: '127.0.0.1', port });
