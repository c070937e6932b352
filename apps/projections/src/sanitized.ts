/**
 * The data with every text as Postgres takes it: it stores no zero character and no half of a surrogate pair, and errors
 * and keys of records may have both. Bytes are left out: they are in the log.
 */
export function sanitized<Data>(data: Data): Data {
  return kept(data) as Data;
}

function kept(data: unknown): unknown {
  if (typeof data === 'string') return data.toWellFormed().replaceAll('\u0000', '\uFFFD');
  if (Array.isArray(data)) return data.map(kept);
  if (typeof data !== 'object' || data === null) return data;
  const fields = Object.entries(data).filter(([, value]) => !(value instanceof Uint8Array));
  return Object.fromEntries(fields.map(([name, value]) => [name, kept(value)]));
}
