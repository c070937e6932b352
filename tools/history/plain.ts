/** What JSON has. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * Data as JSON can say it, and what JSON has not as MongoDB's Extended JSON v2 says it: `{"$numberLong": "450"}` for a bigint,
 * `{"$binary": {"base64": "...", "subType": "00"}}` for bytes, `{"$numberDouble": "NaN"}`. A field that is undefined is none.
 */
export function toPlain(value: unknown): Plain {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : { $numberDouble: String(value) };
    case 'bigint':
      return { $numberLong: String(value) };
    default:
      return typeof value === 'object' && value !== null ? objectToPlain(value) : null;
  }
}

function objectToPlain(value: object): Plain {
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Uint8Array)
    return { $binary: { base64: Buffer.from(value).toString('base64'), subType: '00' } };
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, toPlain(field)]));
}

/** The data that was made plain. Throws SyntaxError for digits that are none. */
export function fromPlain(value: Plain): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const fields = Object.entries(value as Readonly<Record<string, Plain>>);
  const [only, ...others] = fields;
  const special = only && others.length === 0 ? SPECIAL[only[0]] : undefined;
  if (only && special) return special(only[1]);
  return Object.fromEntries(fields.map(([name, field]) => [name, fromPlain(field)]));
}

const SPECIAL: { readonly [name: string]: ((value: Plain) => unknown) | undefined } = {
  $numberLong: (digits) => BigInt(String(digits)),
  $numberDouble: Number,
  $binary: (bytes) => Buffer.from((bytes as { readonly base64: string }).base64, 'base64'),
};

/** JSON pointer (RFC 6901) to the first place where two values are not the same; undefined where there is none. */
export function differenceIn(one: Plain, other: Plain): string | undefined {
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other))
    return one === other ? undefined : '';
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const inside = fieldDiffers(one, other, name);
    if (inside !== undefined) return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}${inside}`;
  }
  return undefined;
}

type Fields = Readonly<Record<string, Plain>>;

const isObject = (value: Plain): value is Fields => typeof value === 'object' && value !== null;

function fieldDiffers(one: Fields, other: Fields, name: string): string | undefined {
  if (!Object.hasOwn(one, name) || !Object.hasOwn(other, name)) return '';
  return differenceIn(one[name] as Plain, other[name] as Plain);
}
