import { catalogue } from '@atelier/contracts';
import { Connection } from '../../harness/log/connection.ts';
import { metadata } from '../../harness/log/requests.ts';
import { TRANSACTION_STATE } from '../../harness/log/transaction-state.ts';
import type { Bench } from './fault.ts';

const topics = [...catalogue.topics.map(({ name }) => name), '__consumer_offsets', TRANSACTION_STATE];
const PATIENCE_MS = 5_000;

/** `topic-partition` of each partition without a leader, Kafka's own included, as a broker says that runs. KafkaJS does not tell of them. */
export async function leaderlessPartitions({ cluster: { stack } }: Bench): Promise<string[]> {
  const running = stack.kafka.brokers.find(({ id }) => stack.processes[`kafka-${id}`] !== undefined);
  if (!running) throw new Error('No broker runs');
  const connection = new Connection({ host: '127.0.0.1', port: running.clientPort }, PATIENCE_MS);
  try {
    const answer = await connection.request(metadata(topics));
    return [...answer.topics].flatMap(([topic, { leaders }]) =>
      leaders.flatMap((leader, partition) => (leader < 0 ? [`${topic}-${partition}`] : [])),
    );
  } finally {
    connection.close();
  }
}
