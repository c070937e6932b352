import type { Type } from '../avro.ts';
import { innerTypes, isArray, isEnum, isFixed, isMap, isRecord, isUnion } from './avro-types.ts';

/** The first has no items in its lists, the second one, the others two. */
const FEWEST = 3;

/**
 * Values of a type, always the same ones: the first is as empty as can be, and together they have every branch of each union and every
 * symbol of each enum. Of a record that holds itself the inner one is left out, where a union or a list lets it.
 */
export const samplesOf = (type: Type): readonly unknown[] =>
  Array.from({ length: Math.max(FEWEST, 1 + choicesIn(type, new Set())) }, (_, n) => sample(type, n, []));

/** Of the union or the enum that has most. */
function choicesIn(type: Type, seen: Set<Type>): number {
  if (seen.has(type)) return 0;
  seen.add(type);
  if (isEnum(type)) return type.symbols.length;
  const choices = isUnion(type) ? type.types.length : 0;
  return Math.max(choices, ...innerTypes(type).map((inner) => choicesIn(inner, seen)));
}

/** `within`: the records around it. */
function sample(type: Type, n: number, within: readonly Type[]): unknown {
  const inner = (one: Type) => sample(one, n, [...within, type]);
  if (isRecord(type)) return Object.fromEntries(type.fields.map((field) => [field.name, inner(field.type)]));
  if (isUnion(type)) return branch(type.types, n, within, type.typeName === 'union:wrapped');
  if (isEnum(type)) return type.symbols[n % type.symbols.length];
  if (isFixed(type)) return Buffer.alloc(type.size, n);
  const items = (one: Type) =>
    Array.from({ length: within.includes(one) ? 0 : Math.min(n, 2) }, () => inner(one));
  if (isArray(type)) return items(type.itemsType);
  if (isMap(type)) return Object.fromEntries(items(type.valuesType).map((value, at) => [`key ${at}`, value]));
  return primitive(type.typeName, n);
}

function branch(branches: readonly Type[], n: number, within: readonly Type[], isWrapped: boolean): unknown {
  const finite = branches.filter((each) => !within.includes(each));
  const chosen = finite[n % finite.length] ?? (branches[0] as Type);
  const value = sample(chosen, n, within);
  return isWrapped && value !== null ? { [chosen.branchName as string]: value } : value;
}

function primitive(typeName: string, n: number): unknown {
  switch (typeName) {
    case 'null':
      return null;
    case 'boolean':
      return n % 2 === 1;
    case 'bytes':
      return Buffer.alloc(n, n);
    case 'string':
      return n === 0 ? '' : `text ${n}`;
    case 'float':
    case 'double':
      return n / 2;
    case 'int':
      return n;
    default:
      return BigInt(n);
  }
}
