import {
  type AvroSchema,
  type Contract,
  contract,
  type Message,
  messageType,
  upcaster,
} from '../src/domain/index.ts';

/**
 * An order of three lines, some 250 bytes: as it was first, with a channel, with a channel more to choose from, and, of a former type, with
 * the name in one field.
 */
const topic = 'orders.events';
const namespace = 'bench.orders';

type Field = Readonly<Record<string, unknown>>;

const money = {
  type: 'record',
  name: 'Money',
  fields: [
    { name: 'amount', type: 'long' },
    { name: 'currency', type: 'string' },
  ],
};
const line = {
  type: 'record',
  name: 'Line',
  fields: [
    { name: 'sku', type: 'string' },
    { name: 'quantity', type: 'int' },
    { name: 'unitPrice', type: money },
  ],
};
const schema = (name: string, ...fields: readonly Field[]): AvroSchema => ({
  type: 'record',
  name,
  namespace,
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'email', type: 'string' },
    { name: 'lines', type: { type: 'array', items: line } },
    { name: 'total', type: 'Money' },
    { name: 'note', type: ['null', 'string'], default: null },
    ...fields,
  ],
});
const names = [
  { name: 'first', type: 'string' },
  { name: 'last', type: 'string' },
];
const channel = (...symbols: readonly string[]) => ({
  name: 'channel',
  type: { type: 'enum', name: 'Channel', symbols },
  default: 'web',
});

interface Terms {
  readonly orderId: string;
  readonly email: string;
  readonly lines: readonly object[];
  readonly total: object;
  readonly note: string | null;
}
type Placed = Message<
  'Placed',
  Terms & { readonly first: string; readonly last: string; readonly channel?: string }
>;
type Ordered = Message<'Ordered', Terms & { readonly name: string }>;

const typeOf = <M extends Message>(type: M['type'], ...versions: readonly AvroSchema[]) =>
  messageType<M>({ type, topic, key: 'orderId', versions });

const first = schema('Placed', ...names);
const second = schema('Placed', ...names, channel('web', 'store'));
const Older = typeOf<Placed>('Placed', first);
export const Placed = typeOf<Placed>('Placed', first, second);
const Wider = typeOf<Placed>(
  'Placed',
  first,
  second,
  schema('Placed', ...names, channel('web', 'store', 'phone')),
);
const Ordered = typeOf<Ordered>('Ordered', schema('Ordered', { name: 'name', type: 'string' }));

const placedFrom = upcaster(Ordered, Placed, ({ data: { name, ...terms } }) => {
  const space = name.indexOf(' ');
  return Placed({ ...terms, first: name.slice(0, space), last: name.slice(space + 1), channel: 'web' });
});

export type Release = 'older' | 'newest' | 'wider' | 'former';

/** The events as a release has them. */
export function contractOf(release: Release): Contract {
  if (release === 'newest') return contract(topic, { Placed }, [placedFrom]);
  if (release === 'former') return contract(topic, { Ordered });
  return contract(topic, { Placed: release === 'older' ? Older : Wider });
}

/** The n-th order, as a release writes it. */
export function placed(release: Release, orderId: string, n: number): Message {
  const price = (amount: number) => ({ amount: BigInt(amount), currency: 'EUR' });
  const terms: Terms = {
    orderId,
    email: `customer-${n}@example.com`,
    lines: [1, 2, 3].map((at) => ({ sku: `SKU-${n % 100}-${at}`, quantity: at, unitPrice: price(100 * at) })),
    total: price(1_400),
    note: n % 2 === 0 ? null : 'Leave it with the neighbours',
  };
  if (release === 'former') return Ordered({ ...terms, name: 'Ada Lovelace' });
  const name = { first: 'Ada', last: 'Lovelace' };
  return release === 'older' ? Older({ ...terms, ...name }) : Placed({ ...terms, ...name, channel: 'store' });
}
