import { STANDSTILL_MS } from '@atelier/local-stack';
import type { SupervisedService } from '../../harness/services/supervised-service.ts';
import { until } from '../../harness/waiting.ts';
import type { Bench } from './fault.ts';

/** Milliseconds for each order of the run: what a decider's state is restored from grows with them, and nobody sees how far it is. */
const RESTORING_MS = 20;

/** Waits until a service that was started, or disturbed, works on what its groups give it. */
export function untilReady({ ledger }: Pick<Bench, 'ledger'>, service: SupervisedService): Promise<void> {
  let why: string | undefined;
  const isReady = async () => (why = await service.unreadiness()) === undefined;
  return until(() => `${service.name} is ready; it said last: ${why}`, isReady, {
    standstillMs: STANDSTILL_MS + RESTORING_MS * ledger.settledCount,
  });
}
