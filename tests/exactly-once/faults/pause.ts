import { lasting } from '../../harness/waiting.ts';
import type { Bench } from './fault.ts';

/** Longer than a broker's session, which is 3 s: just so, clearly, and past the transactions' timeout of 10 s. */
export const pauses = [4_700, 6_000, 12_000] as const;

export const secondsOf = (ms: number) => `${ms / 1_000} s`;

/** A moment of the load that the seed decides: whatever transactions are under way then. */
export const someMoment = ({ random }: Bench) => lasting(random.between(0, 2_000));

/** A broker stops as if its machine had been suspended, and goes on where it was. */
export async function pauseBroker(
  { cluster, history }: Bench,
  id: number,
  ms: number,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const name = `kafka-${id}`;
  history.write('paused', { name, ms });
  await cluster.stack.kill(name, 'SIGSTOP');
  try {
    await Promise.all([lasting(ms), meanwhile()]);
  } finally {
    await cluster.stack.kill(name, 'SIGCONT');
    history.write('continued', { name });
  }
}
