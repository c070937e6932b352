/** Where a violation is counted: something is missing, something is there too often, or something else is wrong. */
export type Column = 'lost' | 'duplicated' | 'other';

/** One violation for each of these kinds, with the kind's fields. */
export type ViolationOf<Kinds> = {
  [Kind in keyof Kinds]: { readonly kind: Kind } & Readonly<Kinds[Kind]>;
}[keyof Kinds];

interface Words<Fields> {
  readonly column: Column;
  readonly text: (fields: Readonly<Fields>) => string;
}

/** The column and the sentence of each kind: the compiler misses the kind that has none. */
export type Wording<Kinds> = { readonly [Kind in keyof Kinds]: Words<Kinds[Kind]> };

const counted =
  (column: Column) =>
  <Fields>(text: (fields: Readonly<Fields>) => string): Words<Fields> => ({ column, text });

export const lost = counted('lost');
export const duplicated = counted('duplicated');
export const other = counted('other');
