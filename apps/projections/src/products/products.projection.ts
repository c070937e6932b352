import {
  ProductAdded,
  ProductAdditionRefused,
  StockReceiptRefused,
  StockReceived,
  StockReleased,
  StockReservationRefused,
  StockReserved,
  StockShipmentRefused,
  StockShipped,
  projections,
} from '@atelier/contracts';
import { Project, Projection } from '@atelier/eventing';
import type { Received } from '@atelier/eventing/domain';
import type { Rows } from '../rows.ts';
import { insertProducts, moveStock } from './product.rows.ts';

type Refusal = ProductAdditionRefused | StockReceiptRefused | StockReservationRefused | StockShipmentRefused;

/** One row for each product, as `GET /v1/products` shows it. `on_hand` counts what is reserved, too. */
@Projection(projections.products)
export class ProductsProjection {
  @Project(ProductAdded)
  added(events: readonly Received<ProductAdded>[], rows: Rows): Promise<void> {
    return insertProducts(events, rows);
  }

  @Project(StockReceived)
  received(events: readonly Received<StockReceived>[], rows: Rows): Promise<void> {
    return moveStock(events, ({ quantity }) => ({ onHand: quantity, reserved: 0 }), rows);
  }

  @Project(StockReserved)
  reserved(events: readonly Received<StockReserved>[], rows: Rows): Promise<void> {
    return moveStock(events, ({ quantity }) => ({ onHand: 0, reserved: quantity }), rows);
  }

  @Project(StockReleased)
  released(events: readonly Received<StockReleased>[], rows: Rows): Promise<void> {
    return moveStock(events, ({ quantity }) => ({ onHand: 0, reserved: -quantity }), rows);
  }

  @Project(StockShipped)
  shipped(events: readonly Received<StockShipped>[], rows: Rows): Promise<void> {
    return moveStock(events, ({ quantity }) => ({ onHand: -quantity, reserved: -quantity }), rows);
  }

  /** A refusal moves no stock: only the version, which counts the product's history. */
  @Project(ProductAdditionRefused)
  @Project(StockReceiptRefused)
  @Project(StockReservationRefused)
  @Project(StockShipmentRefused)
  noted(events: readonly Received<Refusal>[], rows: Rows): Promise<void> {
    return moveStock(events, () => ({ onHand: 0, reserved: 0 }), rows);
  }
}
