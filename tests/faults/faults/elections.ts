import { Connection } from '../log/connection.ts';
import { metadata } from '../log/requests.ts';
import { TRANSACTION_STATE } from '../log/transaction-state.ts';
import type { Bench } from './fault.ts';

/** How often leaders were elected so far for the coordinators' log: an only broker that was fenced had to be elected again. */
export async function elections({ cluster }: Bench): Promise<number> {
  const [{ clientPort: port } = { clientPort: 0 }] = cluster.stack.kafka.brokers;
  const connection = new Connection({ host: '127.0.0.1', port }, 5_000);
  try {
    const { topics } = await connection.request(metadata([TRANSACTION_STATE]));
    const { leaderEpochs = [] } = topics.get(TRANSACTION_STATE) ?? {};
    return leaderEpochs.reduce((sum, epoch) => sum + epoch, 0);
  } finally {
    connection.close();
  }
}
