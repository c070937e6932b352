import { RecordReservation, StockReservationRefused, StockReserved } from '@atelier/contracts';
import { Policy, Whenever } from '@atelier/eventing';

/** Whenever the inventory answers for a line, its order is told. */
@Policy({ group: 'orders.record-reservation' })
export class RecordReservationPolicy {
  @Whenever(StockReserved)
  reserved({ data: { orderId, sku } }: StockReserved) {
    return RecordReservation({ orderId, sku, reserved: true, reason: null });
  }

  @Whenever(StockReservationRefused)
  refused({ data: { orderId, sku, reason } }: StockReservationRefused) {
    return RecordReservation({ orderId, sku, reserved: false, reason });
  }
}
