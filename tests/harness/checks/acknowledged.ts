import { type Evidence, outcomes, placements } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/**
 * Every acknowledged order was placed, and every placed one settled, exactly once. That goes for those too whose
 * clients never heard: they may be missing, but not half done. One Idempotency-Key is one order.
 */
export function check({ events, told: { acknowledged, unknown } }: Evidence): Violation[] {
  if (acknowledged.size === 0) return [nothingToCheck('acknowledged', 'no order was acknowledged')];
  const placed = new Map<string, number>();
  const settled = new Map<string, string[]>();
  for (const { type, subject } of events) {
    if (placements.has(type)) placed.set(subject, (placed.get(subject) ?? 0) + 1);
    if (outcomes.has(type)) settled.set(subject, [...(settled.get(subject) ?? []), type]);
  }
  const violations = twoOrdersOfOneKey(acknowledged);
  for (const order of new Set([...acknowledged.keys(), ...placed.keys()])) {
    const times = placed.get(order) ?? 0;
    const ends = settled.get(order) ?? [];
    if (times === 0) violations.push({ kind: 'order-not-placed', order });
    if (times > 1) violations.push({ kind: 'order-placed-again', order, times });
    if (ends.length === 0) violations.push({ kind: 'order-not-settled', order });
    if (ends.length > 1) violations.push({ kind: 'order-settled-again', order, outcomes: ends });
  }
  const untold = [...placed.keys()].filter((order) => !acknowledged.has(order));
  if (untold.length > unknown.size)
    violations.push({
      kind: 'orders-told-to-nobody',
      count: untold.length,
      first: untold[0],
      unanswered: unknown.size,
    });
  for (const order of settled.keys())
    if (!placed.has(order) && !acknowledged.has(order))
      violations.push({ kind: 'order-settled-only', order });
  return violations;
}

function twoOrdersOfOneKey(acknowledged: ReadonlyMap<string, string>): Violation[] {
  const orderOf = new Map<string, string>();
  const violations: Violation[] = [];
  for (const [order, key] of acknowledged) {
    const another = orderOf.get(key);
    if (another !== undefined) violations.push({ kind: 'key-of-two-orders', order, key, another });
    orderOf.set(key, order);
  }
  return violations;
}
