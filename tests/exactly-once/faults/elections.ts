import { Connection } from '../../harness/log/connection.ts';
import { metadata, type TopicMap } from '../../harness/log/requests.ts';
import { TRANSACTION_STATE } from '../../harness/log/transaction-state.ts';
import { lasting } from '../../harness/waiting.ts';
import type { Bench } from './fault.ts';

/** How often leaders were elected so far for the coordinators' log: an only broker that was fenced had to be elected again. */
export async function elections(bench: Bench): Promise<number> {
  const { leaderEpochs = [] } = await asked(bench, (ask) => ask());
  return leaderEpochs.reduce((sum, epoch) => sum + epoch, 0);
}

/** Resolves as soon as the only broker knows that nothing has a leader; false when that does not come to pass. */
export function leaderless(bench: Bench): Promise<boolean> {
  return asked(bench, async (ask) => {
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; await lasting(1))
      if ((await ask()).leaders?.some((leader) => leader < 0)) return true;
    return false;
  });
}

async function asked<T>(
  { cluster }: Bench,
  use: (ask: () => Promise<Partial<TopicMap>>) => Promise<T>,
): Promise<T> {
  const [{ clientPort: port } = { clientPort: 0 }] = cluster.stack.kafka.brokers;
  const connection = new Connection({ host: '127.0.0.1', port }, 5_000);
  try {
    return await use(
      async () =>
        (await connection.request(metadata([TRANSACTION_STATE]))).topics.get(TRANSACTION_STATE) ?? {},
    );
  } finally {
    connection.close();
  }
}
