import type { MindedService } from '../cluster/minded-service.ts';
import type { Bench } from './fault.ts';
import { until } from './waiting.ts';

/** Milliseconds within which a service joins its groups on this crowded machine, with nothing to restore. */
const JOINING_MS = 90_000;
/** Milliseconds for each order of the run: what a decider's state is restored from grows with them. */
const RESTORING_MS = 2;

/** Waits until a service that was started, or disturbed, works on what its groups give it. */
export function untilReady({ ledger }: Pick<Bench, 'ledger'>, service: MindedService): Promise<void> {
  const withinMs = JOINING_MS + RESTORING_MS * ledger.settledCount;
  let why: string | undefined;
  const isReady = async () => (why = await service.unreadiness()) === undefined;
  return until(() => `${service.name} is ready; it said last: ${why}`, isReady, withinMs);
}
