import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailpointName } from '@atelier/eventing/kafka';
import type { MindedService } from '../cluster/minded-service.ts';
import type { Bench } from './fault.ts';
import { until } from './waiting.ts';

/** Its transaction is open, is being committed, or was committed a moment ago. */
const moments: readonly FailpointName[] = ['after-send', 'after-offsets', 'during-commit', 'after-commit'];

export function someWorker({ cluster, random }: Bench): MindedService {
  const [name] = random.some(1, ['orders', 'inventory', 'notifications']);
  return cluster.service(`${name}-${random.between(1, 2)}`);
}

/** Kills a worker at a moment of its transaction that the seed decides. Resolves when it is dead. */
export async function killInTransaction(bench: Bench, service: MindedService): Promise<void> {
  const { cluster, random, history } = bench;
  const [at] = random.some(1, moments);
  const armed = join(cluster.failpoints, service.name);
  const { deaths } = service;
  writeFileSync(armed, `${at} SIGKILL 0`);
  history.write('armed', { instance: service.name, at });
  try {
    await until(`${service.name} dies ${at}`, () => !existsSync(armed) && service.deaths > deaths);
  } finally {
    rmSync(armed, { force: true });
  }
}

/** Kills a worker now, whatever it does. */
export async function killNow({ history }: Bench, service: MindedService): Promise<void> {
  history.write('killed', { instance: service.name });
  await service.signal('SIGKILL');
}
