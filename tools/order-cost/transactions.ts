import { CEILING_MS } from '@atelier/local-stack';
import { KafkaClient, logEnd, readPartition } from '@atelier/eventing/kafka';
import {
  decodeLoggedTransaction,
  type LoggedTransaction,
} from '../../libs/eventing/src/kafka/wire/transaction-log.ts';

/** Where coordinators write down every step of every transaction. */
const LOG = '__transaction_state';

/** Where each partition of that log ends. */
export type Ends = readonly bigint[];

export const hasEnded = ({ state }: Pick<LoggedTransaction, 'state'>) =>
  state === 'complete-commit' || state === 'complete-abort';

/** The transactions of a cluster, whosever they are. */
export class Transactions {
  private readonly client: KafkaClient;

  constructor(brokers: string) {
    this.client = new KafkaClient({ brokers: brokers.split(','), clientId: 'measure' });
  }

  async ends(): Promise<Ends> {
    const { leaders } = await this.client.topic(LOG);
    return Promise.all([...leaders.keys()].map((partition) => logEnd(this.client, LOG, partition)));
  }

  /** How many have ended between these. */
  async between(before: Ends, after: Ends): Promise<number> {
    const counts = await Promise.all(
      before.map((from, partition) => this.endedIn(partition, from, after[partition] ?? from)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private async endedIn(partition: number, from: bigint, to: bigint): Promise<number> {
    const range = { from, to, signal: AbortSignal.timeout(CEILING_MS) };
    let count = 0;
    for await (const { records } of readPartition(this.client, LOG, partition, range))
      for (const { key, value } of records) {
        const step = decodeLoggedTransaction(key, value);
        if (step && hasEnded(step)) count++;
      }
    return count;
  }
}
