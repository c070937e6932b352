import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailpointName } from '@atelier/eventing/engine';
import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { lasting, until } from '../../harness/waiting.ts';
import { clientIdOf, endTxn, type HeldRequest, type KafkaRequest } from '../network/kafka-requests.ts';
import type { Bench } from './fault.ts';

/** Its transaction is open, is being committed, or was committed a moment ago. */
const moments: readonly FailpointName[] = ['after-send', 'after-offsets', 'during-commit', 'after-commit'];

export function someWorker({ cluster, random }: Bench): SupervisedService {
  const [name] = random.some(1, ['orders', 'inventory', 'notifications']);
  return cluster.service(`${name}-${random.between(1, 2)}`);
}

/** Kills a worker at a moment of its transaction that the seed decides. Resolves when it is dead. */
export async function killInTransaction(bench: Bench, service: SupervisedService): Promise<void> {
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
export async function killNow({ history }: Bench, service: SupervisedService): Promise<void> {
  history.write('killed', { instance: service.name });
  await service.signal('SIGKILL');
}

/** At one relay: those of one worker in as many partitions, or of as many workers. */
const MOST_HELD = 16;

/** Requests to commit transactions that are all written. */
export interface Commits {
  /** Lets them arrive: they were sent, and were on their way for long. */
  arrive(): void;
}

/** A dead worker whose transactions are all written. */
export interface Committing extends Commits {
  /** Lets it be started again. */
  release(): void;
}

/** Kills a worker whose EndTxn are on their way, and keeps it down: nobody but the coordinator knows of these transactions. */
export async function killCommitting(bench: Bench, service: SupervisedService): Promise<Committing> {
  const mine = (request: KafkaRequest) => `${clientIdOf(request)}-`.startsWith(`${service.name}-`);
  const commits = holdCommits(bench, mine);
  await until(`${service.name} ends a transaction`, () => commits.count > 0);
  await lasting(300);
  commits.enough();
  await service.hold('SIGKILL');
  bench.history.write('killed', { instance: service.name, committing: commits.count });
  return { arrive: () => commits.arrive(), release: () => service.release() };
}

interface HeldCommits extends Commits {
  readonly count: number;
  /** Whatever has not come by yet passes. */
  enough(): void;
}

/** Holds what would commit a transaction from now on, of all workers unless told of which. */
export function holdCommits(
  { cluster }: Bench,
  isWanted: (request: KafkaRequest) => boolean = () => true,
): HeldCommits {
  const held: HeldRequest[] = [];
  let waiting = true;
  const wanted = (request: KafkaRequest) => waiting && endTxn(request) && isWanted(request);
  for (const requests of cluster.relays.requests)
    for (let each = 0; each < MOST_HELD; each++)
      void requests.hold(wanted, { rest: 'flow' }).then((request) => held.push(request));
  return {
    get count() {
      return held.length;
    },
    enough: () => void (waiting = false),
    arrive: () => {
      waiting = false;
      for (const request of held) void request.forward().catch(() => undefined);
    },
  };
}
