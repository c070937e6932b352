import { until } from '../../harness/waiting.ts';
import type { Bench, Fault } from './fault.ts';
import { inSync } from './in-sync.ts';

/** Two of three brokers die: nothing can be written, and the clients are told so. */
export class TooFewReplicas implements Fault {
  readonly number = 10;
  readonly name = 'not enough replicas: two of three brokers down';
  readonly times = 2;

  async once(bench: Bench): Promise<number> {
    const { cluster, ledger, random, history, broken } = bench;
    const victims = random.some(2, [1, 2, 3]).map((id) => `kafka-${id}`);
    const before = ledger.refused503;
    history.write('replicas', { victims });
    await broken.during(`${victims.join(' and ')} away`, async () => {
      await Promise.all(victims.map((name) => cluster.stack.kill(name, 'SIGKILL')));
      try {
        await until('clients are answered 503', () => ledger.refused503 > before + 10, {
          progress: () => ledger.refused503,
        });
      } finally {
        await Promise.all(victims.map((name) => cluster.startPart(name)));
      }
    });
    await inSync(bench);
    return 1;
  }
}
