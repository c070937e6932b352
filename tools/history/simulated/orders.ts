import {
  AddProduct,
  CancelOrder,
  ExpireOrder,
  LARGEST_AMOUNT,
  LONGEST_ID,
  orderIdFor,
  type OrderLine,
  PlaceOrder,
  ReceiveStock,
  RecordReservation,
  ReleaseStock,
  ReserveStock,
  ShipStock,
} from '@atelier/contracts';
import { delayTopic } from '@atelier/eventing/domain';
import { ReserveStockPolicy } from '../../../apps/inventory/src/reserve-stock.policy.ts';
import { stock } from '../../../apps/inventory/src/stock.decider.ts';
import { ExpireOrderPolicy } from '../../../apps/orders/src/expire-order.policy.ts';
import { order } from '../../../apps/orders/src/order.decider.ts';
import { orderPlacedAs, type PlacedAs } from '../../../apps/orders/src/placed-as.ts';
import { RecordReservationPolicy } from '../../../apps/orders/src/record-reservation.policy.ts';
import { Random } from '../../random.ts';
import { type Played, SimulatedPlatform } from './platform.ts';

const EXPIRY_MS = 60_000;
/** Longer than tombstones, and the ids of commands, are kept. */
const EIGHT_DAYS_MS = 8 * 24 * 60 * 60 * 1_000;
const RESERVING = 'inventory.reserve-stock';

const price = (amount: bigint, currency = 'EUR') => ({ amount, currency });
const tooLong = 'x'.repeat(LONGEST_ID + 1);
const line = (sku: string, quantity = 1, unitPrice = price(450n)): OrderLine => ({
  sku,
  quantity,
  unitPrice,
});
const product = (sku: string, onHand: number, unitPrice = price(450n)) =>
  AddProduct({ sku, name: `A ${sku}`, unitPrice, onHand });

/** Products and their orders, as customers and the back office would have them, and as nobody should: in two releases. */
export async function playOrders(seed: number): Promise<Played> {
  const platform = new SimulatedPlatform(seed);
  const play = new Orders(platform, new Random(seed));
  await platform.start(...groupsOf('OrderPlaced'));
  await platform.scenario(() => play.products());
  await platform.scenario(() => play.orders(3));
  await platform.scenario(() => play.oddStock());
  await platform.stop();
  await platform.pass(EIGHT_DAYS_MS);
  await platform.start(...groupsOf('OrderSubmitted'));
  await platform.scenario(() => play.forgottenRelease());
  await platform.scenario(() => play.orders(1));
  await platform.scenario(() => play.cancelledOrder());
  await platform.scenario(() => play.expiredOrder());
  await platform.scenario(() => play.refusedOrders());
  await platform.scenario(() => play.oddAnswers());
  await platform.scenario(() => play.reusedIds());
  await platform.stop();
  return { platform, deciders: [order, stock] };
}

/** `placedAs`: the type of event that an order begins with. */
const groupsOf = (placedAs: PlacedAs) => [
  orderPlacedAs(placedAs),
  stock,
  new RecordReservationPolicy(),
  new ReserveStockPolicy(),
  new ExpireOrderPolicy({ expiryMs: EXPIRY_MS }),
  {
    ...{ group: 'orders.delay', kind: 'delay' as const, topics: [delayTopic('orders.commands')] },
    delays: { 'orders.commands': EXPIRY_MS },
  },
];

class Orders {
  private readonly platform: SimulatedPlatform;
  private readonly random: Random;
  private placed = 0;

  constructor(platform: SimulatedPlatform, random: Random) {
    this.platform = platform;
    this.random = random;
  }

  async products(): Promise<void> {
    await this.platform.tellAll(product('cup', 6), product('pot', 3), product('cup', 1));
    await this.platform.tellAll(
      product('odd', -1),
      product('odd', 1, price(-1n)),
      product('odd', 1, price(1n, 'XXX')),
      product(tooLong, 1),
      ReceiveStock({ sku: 'odd', quantity: 1 }),
      ReceiveStock({ sku: 'cup', quantity: 0 }),
      ReceiveStock({ sku: 'cup', quantity: 2 ** 31 - 1 }),
      ReceiveStock({ sku: 'pot', quantity: 2 }),
      product('pin', 0),
      ReceiveStock({ sku: 'pin', quantity: 2 ** 31 - 1 }),
      ReceiveStock({ sku: 'pin', quantity: 1 }),
    );
  }

  /** Orders as they come in: some are cancelled, and not all can be had. */
  async orders(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const lines = this.random.some(this.random.between(1, 2), ['cup', 'pot', 'ghost']);
      const order = this.order(...lines.map((sku) => line(sku, this.random.between(1, 3))));
      await this.platform.tell(order);
      const cancel = CancelOrder({ orderId: order.data.orderId, reason: 'changed my mind' });
      if (this.random.chance(0.3)) await this.platform.tell(cancel);
      await this.platform.settle();
      if (this.random.chance(0.3)) await this.platform.tellAll(cancel);
    }
  }

  /** Before anybody has answered for its lines. */
  async cancelledOrder(): Promise<void> {
    const order = this.order(line('cup'));
    const { orderId } = order.data;
    await this.platform.tellAll(order, CancelOrder({ orderId, reason: 'found a cheaper one' }));
  }

  /** Nobody answers for its lines until its time is up. */
  async expiredOrder(): Promise<void> {
    await this.platform.stop(RESERVING);
    await this.platform.tellAll(this.order(line('cup'), line('pot')));
    await this.platform.pass(EXPIRY_MS);
    await this.platform.start(new ReserveStockPolicy());
    await this.platform.settle();
  }

  async refusedOrders(): Promise<void> {
    const { data: first } = this.order(line('cup'));
    await this.platform.tellAll(
      PlaceOrder(first),
      PlaceOrder(first),
      this.order(),
      this.order(line('cup'), line('cup')),
      this.order(line('cup', 0)),
      this.order(line('cup', 1, price(-1n))),
      this.order(line('cup'), line('pot', 1, price(1n, 'USD'))),
      this.order(line('cup', 1, price(1n, 'XXX'))),
      this.order(line('cup', 2, price(LARGEST_AMOUNT))),
      this.order(line(tooLong)),
      CancelOrder({ orderId: 'nobodys', reason: 'by mistake' }),
      ExpireOrder({ orderId: 'nobodys' }),
    );
  }

  /** Answers for its lines that come twice, are about another order's, or say no reason. */
  async oddAnswers(): Promise<void> {
    await this.platform.stop(RESERVING);
    const { data: two } = this.order(line('cup'), line('pot'));
    const { data: one } = this.order(line('pot'));
    const answer = (orderId: string, sku: string, reserved = true) =>
      RecordReservation({ orderId, sku, reserved, reason: null });
    await this.platform.tellAll(
      answer(two.orderId, 'cup'),
      PlaceOrder(two),
      answer(two.orderId, 'cup'),
      answer(two.orderId, 'cup'),
      answer(two.orderId, 'jar'),
      answer(two.orderId, 'pot'),
      PlaceOrder(one),
      answer(one.orderId, 'pot', false),
    );
    await this.platform.start(new ReserveStockPolicy());
    await this.platform.settle();
  }

  async oddStock(): Promise<void> {
    const [orderId, late] = ['order-of-old', 'order-that-was-late'];
    await this.platform.tellAll(
      ReceiveStock({ sku: 'cup', quantity: 9 }),
      ReserveStock({ sku: 'cup', orderId, quantity: 0 }),
      ReserveStock({ sku: 'cup', orderId, quantity: 2 }),
      ReserveStock({ sku: 'cup', orderId, quantity: 1 }),
      ReserveStock({ sku: 'cup', orderId: 'order-of-all', quantity: 99 }),
      ShipStock({ sku: 'cup', orderId: late }),
      ShipStock({ sku: 'ghost', orderId: late }),
      ReleaseStock({ sku: 'cup', orderId: late }),
      ReleaseStock({ sku: 'ghost', orderId: late }),
      ReserveStock({ sku: 'cup', orderId: late, quantity: 1 }),
      ReserveStock({ sku: 'ghost', orderId: late, quantity: 1 }),
      ShipStock({ sku: 'cup', orderId }),
      ReserveStock({ sku: 'cup', orderId, quantity: 1 }),
      ReleaseStock({ sku: 'cup', orderId }),
    );
  }

  /** A reservation that was refused is too old to be refused for that again. */
  async forgottenRelease(): Promise<void> {
    await this.platform.tellAll(
      ReleaseStock({ sku: 'cup', orderId: 'order-of-today' }),
      ReserveStock({ sku: 'cup', orderId: 'order-that-was-late', quantity: 1 }),
    );
  }

  /** Ids that come again, for the same request and for another. */
  async reusedIds(): Promise<void> {
    const { data } = this.order(line('cup'));
    const { orderId } = data;
    await this.platform.tellAgain(PlaceOrder(data));
    await this.platform.tellAgain(CancelOrder({ orderId, reason: 'too late' }));
    await this.platform.tellAgain(ExpireOrder({ orderId }));
    await this.platform.tellAgain(RecordReservation({ orderId, sku: 'cup', reserved: true, reason: null }));
    await this.platform.tellAgain(product('jar', 1));
    await this.platform.tellAgain(ReceiveStock({ sku: 'jar', quantity: 1 }));
    await this.platform.tellAgain(ReserveStock({ sku: 'jar', orderId, quantity: 1 }));
    await this.platform.tellAgain(ShipStock({ sku: 'jar', orderId }));
    await this.platform.tellAgain(ReleaseStock({ sku: 'jar', orderId }));
  }

  private order(...lines: readonly OrderLine[]) {
    const orderId = orderIdFor('history', String(++this.placed));
    const [customerId = ''] = this.random.some(1, ['alice', 'bob', 'carol']);
    const [channel = 'web' as const] = this.random.some(1, ['web', 'phone'] as const);
    return PlaceOrder({ orderId, customerId, email: `${customerId}@example.com`, lines, channel });
  }
}
