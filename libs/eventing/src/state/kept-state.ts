import { HaltError } from '../log/errors.ts';

/** Deeper than any state is; what has itself in it has no end, and would be written for ever. */
const MOST_LEVELS = 200;

interface Unkept {
  /** JSON pointer, empty for the state itself. */
  readonly field: string;
  readonly what: string;
}

/**
 * Throws HaltError unless a state is plain data: objects and arrays of texts, numbers, bigints of 64 bits and booleans, or nothing.
 * Anything else may come back from the store as something else: a set as an array, an object of a class without its methods; and the
 * rules would decide otherwise after the next restart.
 */
export function refuseUnkept(group: string, whose: string, state: unknown): void {
  const unkept = inValue(state, 0);
  if (!unkept) return;
  const where = unkept.field === '' ? 'is' : `has in ${unkept.field}`;
  throw new HaltError(
    `The state of ${group} for ${whose} ${where} ${unkept.what}: it would come back from the store as something else. Let evolve return plain objects, arrays, text, numbers and bigints`,
    undefined,
    { group, subject: whose, field: unkept.field },
  );
}

function inValue(value: unknown, level: number): Unkept | undefined {
  switch (typeof value) {
    case 'object':
      return value === null ? undefined : inObject(value, level);
    case 'string':
      return value.isWellFormed() ? undefined : here('text with half a character');
    case 'bigint':
      return isOf64Bits(value) ? undefined : here('a bigint of more than 64 bits');
    case 'function':
    case 'symbol':
      return here(`a ${typeof value}`);
    default:
      return undefined;
  }
}

function inObject(value: object, level: number): Unkept | undefined {
  if (level === MOST_LEVELS) return here('something in itself, or nested too deep');
  if (Array.isArray(value)) return inArray(value, level);
  if (!isPlain(value)) return here(`an object of ${value.constructor?.name || 'a class'}`);
  if (Object.getOwnPropertySymbols(value).length > 0) return here('a symbol for a name');
  return inFields(value as Record<string, unknown>, level);
}

/** Large states are looked at as often as they are written: nothing is made for each field. */
function inFields(fields: Record<string, unknown>, level: number): Unkept | undefined {
  for (const name in fields) {
    if (name === '__proto__' || !name.isWellFormed()) return here(`the name ${JSON.stringify(name)}`);
    const found = inValue(fields[name], level + 1);
    if (found) return under(name, found);
  }
  return undefined;
}

function inArray(values: readonly unknown[], level: number): Unkept | undefined {
  for (let index = 0; index < values.length; index++) {
    const found = inValue(values[index], level + 1);
    if (found) return under(String(index), found);
  }
  return undefined;
}

/** Made by `{}`, or of a class that has nothing but fields, as decoded records are: it loses nothing when it comes back without. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
  return (
    Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null &&
    Object.getOwnPropertyNames(prototype).length === 1 &&
    Object.hasOwn(prototype, 'constructor')
  );
}

const isOf64Bits = (value: bigint) =>
  BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value;

const here = (what: string): Unkept => ({ field: '', what });

const under = (name: string, { field, what }: Unkept): Unkept => ({
  field: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}${field}`,
  what,
});
