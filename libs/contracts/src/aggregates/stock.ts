import { fold } from '@atelier/eventing/domain';
import { InventoryEvents } from '../generated/index.ts';

/** What a stock's decisions need to know, and no more. */
export type Stock = UnknownProduct | ProductStock;

interface Released {
  /** Orders that released what they never held, oldest first: a reservation that comes late is refused. */
  readonly tombstones: readonly Tombstone[];
}

export interface UnknownProduct extends Released {
  readonly status: 'unknown';
}

export interface ProductStock extends Released {
  readonly status: 'stocked';
  /** Pieces on the shelf, those included that are held for orders. */
  readonly onHand: number;
  /** Sum of the reservations. */
  readonly reserved: number;
  /** One for each order. A list, as an object would lose an order called `__proto__` on its way through a store. */
  readonly reservations: readonly Reservation[];
}

export interface Reservation {
  readonly orderId: string;
  readonly quantity: number;
}

export interface Tombstone {
  readonly orderId: string;
  readonly at: number;
}

/** Commands are kept this long, so nothing older comes back by itself. */
const tombstonesKeptMs = 7 * 24 * 60 * 60 * 1000;

/** The stock of a product as its events tell it. */
export const stockFold = fold<Stock>()({
  group: 'inventory.decider',
  version: 2,
  events: InventoryEvents,
  initial: { status: 'unknown', tombstones: [] },

  evolve: {
    ProductAdded: ({ tombstones }, { data: { onHand } }) => {
      return { status: 'stocked', onHand, reserved: 0, reservations: [], tombstones };
    },
    StockReceived: (state, { data }) => {
      const product = known(state);
      return { ...product, onHand: product.onHand + data.quantity };
    },
    StockReserved: (state, { data }) => hold(known(state), data.orderId, data.quantity),
    StockReleased: (state, { data: { orderId, quantity }, metadata }) =>
      quantity > 0 ? letGo(known(state), orderId) : bury(state, { orderId, at: metadata.time }),
    StockShipped: (state, { data }) => {
      const product = letGo(known(state), data.orderId);
      return { ...product, onHand: product.onHand - data.quantity };
    },
    ProductAdditionRefused: (state) => state,
    StockReceiptRefused: (state) => state,
    StockReservationRefused: (state) => state,
    StockShipmentRefused: (state) => state,
  },
});

export const heldFor = (state: Stock, orderId: string): number =>
  state.status === 'stocked'
    ? (state.reservations.find((reservation) => reservation.orderId === orderId)?.quantity ?? 0)
    : 0;

export const isBuried = ({ tombstones }: Stock, orderId: string) =>
  tombstones.some((tombstone) => tombstone.orderId === orderId);

function bury<State extends Stock>(state: State, tombstone: Tombstone): State {
  const { orderId, at } = tombstone;
  const others = state.tombstones.filter(
    (other) => other.orderId !== orderId && other.at > at - tombstonesKeptMs,
  );
  return { ...state, tombstones: [...others, tombstone] };
}

function hold(state: ProductStock, orderId: string, quantity: number): ProductStock {
  const reservations = [...others(state, orderId), { orderId, quantity }];
  return { ...state, reserved: state.reserved + quantity, reservations };
}

function letGo(state: ProductStock, orderId: string): ProductStock {
  const reserved = state.reserved - heldFor(state, orderId);
  return { ...state, reserved, reservations: others(state, orderId) };
}

const others = ({ reservations }: ProductStock, orderId: string) =>
  reservations.filter((reservation) => reservation.orderId !== orderId);

function known(state: Stock): ProductStock {
  if (state.status === 'unknown') throw new Error('The log has stock of a product that was never added');
  return state;
}
