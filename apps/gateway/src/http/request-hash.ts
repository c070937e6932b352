import { createHash } from 'node:crypto';

/** SHA-256 of what the client asked for. The order of properties, and prices, which we add, do not count. */
export const requestHash = (body: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(canonical(body)))
    .digest('hex');

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const byName = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byName.map(([name, inner]) => [name, canonical(inner)]));
}
