import {
  InventoryCommands,
  isAmount,
  isCurrency,
  isIdTooLong,
  ProductAdded,
  ProductAdditionRefused,
  StockReceiptRefused,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipmentRefused,
  StockShipped,
} from '@atelier/contracts';
import { heldFor, isBuried, type Stock, stockFold } from '@atelier/contracts/aggregates';
import { decider } from '@atelier/eventing/domain';

/** What the schemas' `int` can say. */
const mostPieces = 2 ** 31 - 1;

/** The stock of one product: pieces arrive, are held for orders, and leave the shelf or are given back. */
export const stock = decider<Stock>()({
  ...stockFold,
  commands: InventoryCommands,

  decide: {
    AddProduct({ data }, state) {
      const refuse = (reason: string) => ProductAdditionRefused({ sku: data.sku, reason });
      if (state.status !== 'unknown') return refuse('already-added');
      if (isIdTooLong(data.sku)) return refuse('id-too-long');
      if (data.onHand < 0) return refuse('invalid-quantity');
      if (!isAmount(data.unitPrice.amount)) return refuse('invalid-price');
      if (!isCurrency(data.unitPrice.currency)) return refuse('unknown-currency');
      return ProductAdded(data);
    },

    ReceiveStock({ data }, state) {
      const refuse = (reason: string) => StockReceiptRefused({ sku: data.sku, reason });
      if (state.status === 'unknown') return refuse('unknown-product');
      if (data.quantity < 1) return refuse('invalid-quantity');
      if (state.onHand + data.quantity > mostPieces) return refuse('stock-too-large');
      return StockReceived(data);
    },

    ReserveStock({ data }, state) {
      const refuse = (reason: string) => StockReservationRefused({ ...data, reason });
      if (isBuried(state, data.orderId)) return refuse('already-released');
      if (state.status === 'unknown') return refuse('unknown-product');
      if (data.quantity < 1) return refuse('invalid-quantity');
      if (heldFor(state, data.orderId) > 0) return refuse('already-reserved');
      if (state.onHand - state.reserved < data.quantity) return refuse('out-of-stock');
      return StockReserved(data);
    },

    ReleaseStock({ data: { sku, orderId } }, state) {
      return StockReleased({ sku, orderId, quantity: heldFor(state, orderId) });
    },

    ShipStock({ data: { sku, orderId } }, state) {
      const quantity = heldFor(state, orderId);
      if (quantity > 0) return StockShipped({ sku, orderId, quantity });
      const reason = state.status === 'unknown' ? 'unknown-product' : 'not-reserved';
      return StockShipmentRefused({ sku, orderId, reason });
    },
  },

  refuseReusedKey({ type, data }, state) {
    const { sku } = data;
    const reason = 'idempotency-key-reused';
    switch (type) {
      case 'AddProduct':
        return ProductAdditionRefused({ sku, reason });
      case 'ReceiveStock':
        return StockReceiptRefused({ sku, reason });
      case 'ReserveStock':
        return StockReservationRefused({ ...data, reason });
      case 'ShipStock':
        return StockShipmentRefused({ sku, orderId: data.orderId, reason });
      case 'ReleaseStock':
        // Releasing is never refused, and says what is true now.
        return StockReleased({ sku, orderId: data.orderId, quantity: heldFor(state, data.orderId) });
    }
  },
});
