/** Confluent's wire format: a zero, the schema's id in four bytes, the value. */
export const MAGIC = 0;
export const PREFIX = 5;

/** Ids are positive: what has another one is garbage, and no registry is asked for it. */
export function schemaId(value: Buffer | null): number | undefined {
  if (!value || value.length < PREFIX || value[0] !== MAGIC) return undefined;
  const id = value.readInt32BE(1);
  return id > 0 ? id : undefined;
}
