// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  ProductAddedV1,
  ProductAdditionRefusedV1,
  StockReceiptRefusedV1,
  StockReceivedV1,
  StockReleasedV1,
  StockReservationRefusedV1,
  StockReservedV1,
  StockShipmentRefusedV1,
  StockShippedV1,
} from './inventory.events.schemas.ts';
import type { Money } from './records.ts';

/** A product is in the catalogue. */
export interface ProductAddedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** What people call the product. */
  readonly name: string;
  /** Price of one piece. */
  readonly unitPrice: Money;
  /** Pieces on the shelf at the start. */
  readonly onHand: number;
}

export type ProductAdded = Message<'ProductAdded', ProductAddedData>;
export const ProductAdded = messageType<ProductAdded>({
  type: 'ProductAdded', topic: 'inventory.events', key: 'sku',
  versions: [ProductAddedV1],
});

/** A product was not added. */
export interface ProductAdditionRefusedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** already-added, id-too-long, invalid-quantity, invalid-price, unknown-currency or idempotency-key-reused. */
  readonly reason: string;
}

export type ProductAdditionRefused = Message<'ProductAdditionRefused', ProductAdditionRefusedData>;
export const ProductAdditionRefused = messageType<ProductAdditionRefused>({
  type: 'ProductAdditionRefused', topic: 'inventory.events', key: 'sku',
  versions: [ProductAdditionRefusedV1],
});

/** No pieces were put on the shelf. */
export interface StockReceiptRefusedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** unknown-product, invalid-quantity, stock-too-large or idempotency-key-reused. */
  readonly reason: string;
}

export type StockReceiptRefused = Message<'StockReceiptRefused', StockReceiptRefusedData>;
export const StockReceiptRefused = messageType<StockReceiptRefused>({
  type: 'StockReceiptRefused', topic: 'inventory.events', key: 'sku',
  versions: [StockReceiptRefusedV1],
});

/** Pieces were put on the shelf. */
export interface StockReceivedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** Pieces received. */
  readonly quantity: number;
}

export type StockReceived = Message<'StockReceived', StockReceivedData>;
export const StockReceived = messageType<StockReceived>({
  type: 'StockReceived', topic: 'inventory.events', key: 'sku',
  versions: [StockReceivedV1],
});

/** An order holds nothing of this product any more. */
export interface StockReleasedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that gave them back, as a UUID. */
  readonly orderId: string;
  /** Pieces given back; 0 when nothing was held, and from now on nothing will be. */
  readonly quantity: number;
}

export type StockReleased = Message<'StockReleased', StockReleasedData>;
export const StockReleased = messageType<StockReleased>({
  type: 'StockReleased', topic: 'inventory.events', key: 'sku',
  versions: [StockReleasedV1],
});

/** No pieces are held for an order by this request. */
export interface StockReservationRefusedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that asked, as a UUID. */
  readonly orderId: string;
  /** Pieces asked for. */
  readonly quantity: number;
  /** out-of-stock, unknown-product, already-released, already-reserved, invalid-quantity or idempotency-key-reused. */
  readonly reason: string;
}

export type StockReservationRefused = Message<'StockReservationRefused', StockReservationRefusedData>;
export const StockReservationRefused = messageType<StockReservationRefused>({
  type: 'StockReservationRefused', topic: 'inventory.events', key: 'sku',
  versions: [StockReservationRefusedV1],
});

/** Pieces on the shelf are held for an order. */
export interface StockReservedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that the pieces are for, as a UUID. */
  readonly orderId: string;
  /** Pieces held. */
  readonly quantity: number;
}

export type StockReserved = Message<'StockReserved', StockReservedData>;
export const StockReserved = messageType<StockReserved>({
  type: 'StockReserved', topic: 'inventory.events', key: 'sku',
  versions: [StockReservedV1],
});

/** An order held nothing that could leave the shelf. */
export interface StockShipmentRefusedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that asked, as a UUID. */
  readonly orderId: string;
  /** not-reserved, unknown-product or idempotency-key-reused. */
  readonly reason: string;
}

export type StockShipmentRefused = Message<'StockShipmentRefused', StockShipmentRefusedData>;
export const StockShipmentRefused = messageType<StockShipmentRefused>({
  type: 'StockShipmentRefused', topic: 'inventory.events', key: 'sku',
  versions: [StockShipmentRefusedV1],
});

/** The pieces that an order held left the shelf. */
export interface StockShippedData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that got them, as a UUID. */
  readonly orderId: string;
  /** Pieces shipped. */
  readonly quantity: number;
}

export type StockShipped = Message<'StockShipped', StockShippedData>;
export const StockShipped = messageType<StockShipped>({
  type: 'StockShipped', topic: 'inventory.events', key: 'sku',
  versions: [StockShippedV1],
});
