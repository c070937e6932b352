import { readFileSync } from 'node:fs';
import { OrderPlaced, OrderSubmitted } from '@atelier/contracts';
import {
  type AnyMessageType,
  type AvroSchema,
  type Contract,
  contract,
  type Message,
  messageType,
  upcaster,
} from '@atelier/eventing/domain';
import { upcast } from '../../libs/contracts/src/upcasters/orders.events/OrderPlaced.ts';

export type Data = Readonly<Record<string, unknown>>;

/** What one release knows of orders. */
export interface OrderRelease {
  /** What it writes, and what its handlers see. */
  readonly type: AnyMessageType;
  readonly contract: Contract;
  /** What it says of an order, beside its id. */
  readonly writes: Data;
}

const facts = (topic: string) => ({ topic, key: 'orderId' }) as const;

const schema = (version: number) => {
  const file = `../../libs/contracts/schemas/orders.events/OrderPlaced.v${version}.avsc`;
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as AvroSchema;
};

/** So many versions of OrderPlaced, and nothing else. */
function withVersions(topic: string, writes: Data, ...versions: readonly number[]): OrderRelease {
  const Placed = messageType<Message<'OrderPlaced', Data>>({
    ...facts(topic),
    type: 'OrderPlaced',
    versions: versions.map(schema),
  });
  return { type: Placed, contract: contract(topic, { OrderPlaced: Placed }), writes };
}

/** OrderSubmitted, and what is made of every OrderPlaced. */
function withSuccessor(topic: string, writes: Data): OrderRelease {
  const { versions } = OrderSubmitted;
  const Submitted = messageType<OrderSubmitted>({ ...facts(topic), type: 'OrderSubmitted', versions });
  const { type: Placed } = withVersions(topic, writes, 1, 2, 3);
  const successor = upcaster(Placed, Submitted, ({ data }) => {
    const { data: submitted } = upcast.upcast(OrderPlaced(data as OrderPlaced['data'])) as OrderSubmitted;
    return Submitted(submitted);
  });
  return {
    type: Submitted,
    contract: contract(topic, { OrderSubmitted: Submitted }, [successor]),
    writes,
  };
}

const email = 'ada@example.com';
const unitPrice = { amount: 450n, currency: 'EUR' };
const terms = { lines: [{ sku: 'cup', quantity: 2, unitPrice }], total: { amount: 900n, currency: 'EUR' } };

/** What the four releases say of one order. */
export const first = { customerId: 'ada', email, ...terms };
export const second = { ...first, channel: 'store' };
export const third = { ...second, contact: email };
export const fourth = { customer: { id: 'ada', contact: email }, ...terms, channel: 'store' };

/** The four releases of the worked example, by the files of their schemas, on a topic of the spec's own. */
export const orderReleases = (topic: string): readonly OrderRelease[] => [
  withVersions(topic, first, 1),
  withVersions(topic, second, 1, 2),
  withVersions(topic, third, 1, 2, 3),
  withSuccessor(topic, fourth),
];
