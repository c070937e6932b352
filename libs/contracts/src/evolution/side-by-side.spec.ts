import 'reflect-metadata';
import { Policy, Whenever } from '@atelier/eventing';
import {
  type AnyMessageType,
  type AvroSchema,
  contract,
  type Message,
  messageType,
} from '@atelier/eventing/domain';
import { header } from '@atelier/eventing/log';
import { type GroupUnderTest, release, runGroup, SpecBroker } from '@atelier/eventing/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { OrdersEvents, OrderSubmitted } from '../generated/index.ts';

const EVENTS = OrdersEvents.topic;
type Data = Readonly<Record<string, unknown>>;
type Placed = Message<'OrderPlaced', Data>;

const schema = (version: number) => {
  const file = new URL(`../../schemas/${EVENTS}/OrderPlaced.v${version}.avsc`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as AvroSchema;
};

/** A release that knew so many versions of OrderPlaced, and nothing else. */
function ofVersions(...versions: readonly number[]) {
  const facts = { type: 'OrderPlaced', topic: EVENTS, key: 'orderId' } as const;
  const OrderPlaced = messageType<Placed>({ ...facts, versions: versions.map(schema) });
  return { type: OrderPlaced, contract: contract(EVENTS, { OrderPlaced }) };
}

const releases = [
  ofVersions(1),
  ofVersions(1, 2),
  ofVersions(1, 2, 3),
  { type: OrderSubmitted as unknown as AnyMessageType, contract: OrdersEvents },
] as const;
const numbers = [...releases.keys()];

const email = 'ada@example.com';
const unitPrice = { amount: 450n, currency: 'EUR' };
const terms = { lines: [{ sku: 'cup', quantity: 2, unitPrice }], total: { amount: 900n, currency: 'EUR' } };
const first = { customerId: 'ada', email, ...terms };
const second = { ...first, channel: 'store' };
const third = { ...second, contact: email };
const fourth = { customer: { id: 'ada', contact: email }, ...terms, channel: 'store' };
/** What each release writes. */
const written: readonly Data[] = [first, second, third, fourth];

const web = { channel: 'web' };
const noContact = { contact: '' };
/** What each release reads of what each has written, in the order of releases; null is set aside. */
const read: readonly (readonly (Data | null)[])[] = [
  [first, first, first, null],
  [{ ...first, ...web }, second, second, null],
  [{ ...first, ...web, ...noContact }, { ...second, ...noContact }, third, null],
  [{ ...fourth, ...web }, fourth, fourth, fourth],
];

/** Everything that a policy has seen. */
function follower(group: string, type: AnyMessageType) {
  const seen: Message[] = [];
  @Policy({ group: group as never })
  class Follower {
    @Whenever(type)
    placed(event: Message): [] {
      seen.push({ type: event.type, data: event.data } as Message);
      return [];
    }
  }
  return { seen, policy: new Follower() };
}

describe('four releases with one topic, which all of them write and read', () => {
  const broker = new SpecBroker([releases[0].contract], 2);
  const seeing = releases.map(({ contract }) => release(broker, [contract]));
  const ordersOf = (writer: number) => ['a', 'b', 'c'].map((order) => `${order}-of-${writer + 1}`);
  const groupOf = (how: string, reader: number) => `release-${reader + 1}.${how}`;
  const seen = new Map<string, readonly Message[]>();
  const running: GroupUnderTest[] = [];

  async function follow(how: string): Promise<void> {
    for (const [reader, { type }] of releases.entries()) {
      const group = groupOf(how, reader);
      const { seen: messages, policy } = follower(group, type);
      seen.set(group, messages);
      running.push(await runGroup(policy, { broker: seeing[reader] as SpecBroker }));
    }
  }

  /** One order of each release after the other. */
  async function write(): Promise<void> {
    for (const order of [0, 1, 2])
      for (const [writer, { type }] of releases.entries()) {
        const orderId = ordersOf(writer)[order];
        await seeing[writer]?.publish(type({ orderId, ...written[writer] }), { id: `placed-${orderId}` });
      }
    await broker.idle();
  }

  beforeAll(async () => {
    await follow('live');
    await write();
    await follow('replayed');
    await broker.idle();
  });
  afterAll(() => Promise.all(running.map((group) => group.stop())));

  const cells = ['live', 'replayed'].flatMap((how) =>
    numbers.flatMap((reader) => numbers.map((writer) => [reader + 1, writer + 1, how] as const)),
  );

  it.each(cells)('%i reads what %i has written, as the table says: %s', (reader, writer, how) => {
    const group = groupOf(how, reader - 1);
    const orders = ordersOf(writer - 1);
    const data = read[reader - 1]?.[writer - 1];
    const { type } = releases[reader - 1] as { type: AnyMessageType };
    const found = seen
      .get(group)
      ?.filter(({ data }) => orders.includes((data as { orderId: string }).orderId));
    expect(found).toEqual(
      data ? orders.map((orderId) => ({ type: type.type, data: { orderId, ...data } })) : [],
    );
    const letters = broker.deadLetters(group, EVENTS).map(({ key }) => String(key));
    expect(letters.filter((key) => orders.includes(key)).sort()).toEqual(data ? [] : orders);
  });

  it('sets aside under a name that says which type it does not know', () => {
    const [letter] = broker.deadLetters(groupOf('live', 0), EVENTS);
    expect(header(letter?.headers ?? [], 'ce_type')).toBe('OrderSubmitted');
    expect(String(letter?.headers)).toContain('atelier.orders.OrderSubmitted');
  });
});
