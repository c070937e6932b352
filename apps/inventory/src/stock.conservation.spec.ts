import {
  AddProduct,
  type InventoryCommands,
  type InventoryEvents,
  ReceiveStock,
  ReleaseStock,
  ReserveStock,
  ShipStock,
} from '@atelier/contracts';
import { decide, evolve, type MessageIn } from '@atelier/eventing/domain';
import { received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import type { Stock } from '@atelier/contracts/aggregates';
import { stock } from './stock.decider.ts';

type Command = MessageIn<typeof InventoryCommands>;
type Event = MessageIn<typeof InventoryEvents>;

const sku = 'cup';
const unitPrice = { amount: 450n, currency: 'EUR' };

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function someCommand(random: (below: number) => number): Command {
  const orderId = `order-${random(12)}`;
  const quantity = random(9) - 1;
  const choices = [
    AddProduct({ sku, name: 'A cup', unitPrice, onHand: random(20) }),
    ReceiveStock({ sku, quantity }),
    ReserveStock({ sku, orderId, quantity }),
    ReserveStock({ sku, orderId, quantity }),
    ReleaseStock({ sku, orderId }),
    ShipStock({ sku, orderId }),
  ] as const;
  return choices[random(choices.length)] ?? choices[0];
}

/** The books as an outsider keeps them, from the events alone. */
class Books {
  received = 0;
  shipped = 0;
  readonly open = new Map<string, number>();

  enter({ type, data }: Event): void {
    if (type === 'ProductAdded') this.received += data.onHand;
    if (type === 'StockReceived') this.received += data.quantity;
    if (type === 'StockReserved') this.open.set(data.orderId, data.quantity);
    if (type === 'StockShipped') this.shipped += data.quantity;
    if (type === 'StockShipped' || type === 'StockReleased') {
      if ((this.open.get(data.orderId) ?? 0) !== data.quantity)
        throw new Error(`${type} of what was not held`);
      this.open.delete(data.orderId);
    }
  }

  get reserved(): number {
    return [...this.open.values()].reduce((sum, quantity) => sum + quantity, 0);
  }
}

describe('whatever happens to a stock', () => {
  it.each(Array.from({ length: 50 }, (_, seed) => [seed]))('pieces are conserved (seed %d)', (seed) => {
    const random = randomFrom(seed);
    const books = new Books();
    let state: unknown = stock.initial;
    for (let step = 0; step < 300; step += 1) {
      const events = decide(stock, received(someCommand(random)), state) as readonly Event[];
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) {
        state = evolve(stock, state, received(event));
        books.enter(event);
      }
      const { onHand, reserved, reservations } = shelf(state as Stock);
      expect({ onHand, reserved }).toEqual({
        onHand: books.received - books.shipped,
        reserved: books.reserved,
      });
      const held = reservations.map(({ orderId, quantity }) => [orderId, quantity] as const);
      expect(new Map(held)).toEqual(books.open);
      expect(reserved).toBeGreaterThanOrEqual(0);
      expect(reserved).toBeLessThanOrEqual(onHand);
    }
    expect(books.shipped).toBeGreaterThan(0);
  });
});

const shelf = (state: Stock) =>
  state.status === 'stocked' ? state : { onHand: 0, reserved: 0, reservations: [] };
