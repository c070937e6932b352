/**
 * The projections of the read model. Raise a version when the rows change shape or meaning: the projection starts again from
 * the first event, and the migration that comes with it empties its tables.
 */
export const projections = {
  orders: { name: 'orders', version: 1 },
  products: { name: 'products', version: 1 },
  eventLog: { name: 'event-log', version: 1 },
  deadLetters: { name: 'dead-letters', version: 1 },
  transactions: { name: 'transactions', version: 1 },
  sales: { name: 'sales', version: 1 },
  customers: { name: 'customers', version: 1 },
} as const;

/** The consumer group of a projection, which is also the name of its positions. */
export const projectionGroup = <Name extends string, Version extends number>({
  name,
  version,
}: {
  readonly name: Name;
  readonly version: Version;
}) => `projections.${name}.v${version}` as const;
