declare global {
  interface JSON {
    /** Newer than the library of types. */
    rawJSON(text: string): unknown;
  }
}

/** A whole number as JSON has it: a bigint where a number would not be exact. */
export type JsonInteger = number | bigint;

export const jsonInteger = (value: bigint): JsonInteger =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

/** JSON in which a bigint is a number with all its digits. */
export const stringifyExactly = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? JSON.rawJSON(inner.toString()) : inner,
  );

/** The value of a JSON text, in which a whole number is a bigint where a number would not be exact. */
export const parseExactly = (text: string): unknown => JSON.parse(text, exact);

function exact(this: unknown, _: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isWhole = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isWhole && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? value) : value;
}

/** The data of a message as JSON can say it. Bytes, which it cannot, are left to the log. */
export type JsonData<Data> = Data extends bigint
  ? JsonInteger
  : Data extends Uint8Array
    ? undefined
    : Data extends readonly (infer Item)[]
      ? readonly JsonData<Item>[]
      : Data extends object
        ? { readonly [Name in keyof Data]: JsonData<Data[Name]> }
        : Data;

export const jsonData = <Data>(data: Data) => toJson(data) as JsonData<Data>;

function toJson(data: unknown): unknown {
  if (typeof data === 'bigint') return jsonInteger(data);
  if (data instanceof Uint8Array) return undefined;
  if (Array.isArray(data)) return data.map(toJson);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, toJson(value)]));
}
