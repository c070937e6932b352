/** A count or an amount as a JSON number. Requests are bounded so that none gets too large to be exact. */
export function exactNumber(value: bigint | string | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not exact as a JSON number`);
  return number;
}

/** The same data with every bigint as a number: what JSON can say. Bytes, which it cannot, are left to the log. */
export function plain(data: unknown): unknown {
  if (typeof data === 'bigint') return exactNumber(data);
  if (data instanceof Uint8Array) return undefined;
  if (Array.isArray(data)) return data.map(plain);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, plain(value)]));
}
