import { type Evidence, outcomes } from '../evidence/evidence.ts';

/**
 * Every acknowledged order was placed, and every placed one settled, exactly once. That goes for those too whose
 * clients never heard: they may be missing, but not half done. One Idempotency-Key is one order.
 */
export function check({ events, told: { acknowledged, unknown } }: Evidence): string[] {
  if (acknowledged.size === 0)
    return ['acknowledged: no order was acknowledged, so there is nothing to check'];
  const placed = new Map<string, number>();
  const settled = new Map<string, string[]>();
  for (const { type, subject } of events) {
    if (type === 'OrderPlaced') placed.set(subject, (placed.get(subject) ?? 0) + 1);
    if (outcomes.has(type)) settled.set(subject, [...(settled.get(subject) ?? []), type]);
  }
  const violations = twoOrdersOfOneKey(acknowledged);
  for (const order of new Set([...acknowledged.keys(), ...placed.keys()])) {
    const times = placed.get(order) ?? 0;
    const ends = settled.get(order) ?? [];
    if (times === 0) violations.push(`${order}: acknowledged, but not placed`);
    if (times > 1) violations.push(`${order}: placed ${times} times`);
    if (ends.length === 0) violations.push(`${order}: not settled`);
    if (ends.length > 1) violations.push(`${order}: settled ${ends.length} times: ${ends.join(', ')}`);
  }
  const untold = [...placed.keys()].filter((order) => !acknowledged.has(order));
  if (untold.length > unknown.size)
    violations.push(
      `${untold.length} orders were placed that no client was told of, the first is ${untold[0]}; ${unknown.size} requests have no answer yet`,
    );
  for (const order of settled.keys())
    if (!placed.has(order) && !acknowledged.has(order))
      violations.push(`${order}: settled, but never placed`);
  return violations;
}

function twoOrdersOfOneKey(acknowledged: ReadonlyMap<string, string>): string[] {
  const orderOf = new Map<string, string>();
  const violations: string[] = [];
  for (const [order, key] of acknowledged) {
    const other = orderOf.get(key);
    if (other !== undefined) violations.push(`${order}: has the Idempotency-Key ${key} of ${other}`);
    orderOf.set(key, order);
  }
  return violations;
}
