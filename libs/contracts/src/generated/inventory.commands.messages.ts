// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

import { type Message, messageType } from '@atelier/eventing/domain';
import {
  AddProductV1,
  ReceiveStockV1,
  ReleaseStockV1,
  ReserveStockV1,
  ShipStockV1,
} from './inventory.commands.schemas.ts';
import type { Money } from './records.ts';

/** Add a product to the catalogue, with its first stock. */
export interface AddProductData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** What people call the product. */
  readonly name: string;
  /** Price of one piece. */
  readonly unitPrice: Money;
  /** Pieces on the shelf at the start. */
  readonly onHand: number;
}

export type AddProduct = Message<'AddProduct', AddProductData>;
export const AddProduct = messageType<AddProduct>({
  type: 'AddProduct', topic: 'inventory.commands', key: 'sku',
  versions: [AddProductV1],
});

/** Put pieces on the shelf. */
export interface ReceiveStockData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** Pieces received, at least 1. */
  readonly quantity: number;
}

export type ReceiveStock = Message<'ReceiveStock', ReceiveStockData>;
export const ReceiveStock = messageType<ReceiveStock>({
  type: 'ReceiveStock', topic: 'inventory.commands', key: 'sku',
  versions: [ReceiveStockV1],
});

/** Give back what an order holds; if it holds nothing, never hold anything for it. */
export interface ReleaseStockData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that the pieces are for, as a UUID. */
  readonly orderId: string;
}

export type ReleaseStock = Message<'ReleaseStock', ReleaseStockData>;
export const ReleaseStock = messageType<ReleaseStock>({
  type: 'ReleaseStock', topic: 'inventory.commands', key: 'sku',
  versions: [ReleaseStockV1],
});

/** Hold pieces for an order. */
export interface ReserveStockData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that the pieces are for, as a UUID. */
  readonly orderId: string;
  /** Pieces to hold, at least 1. */
  readonly quantity: number;
}

export type ReserveStock = Message<'ReserveStock', ReserveStockData>;
export const ReserveStock = messageType<ReserveStock>({
  type: 'ReserveStock', topic: 'inventory.commands', key: 'sku',
  versions: [ReserveStockV1],
});

/** Take what an order holds off the shelf. */
export interface ShipStockData {
  /** The product's stock keeping unit. */
  readonly sku: string;
  /** The order that the pieces are for, as a UUID. */
  readonly orderId: string;
}

export type ShipStock = Message<'ShipStock', ShipStockData>;
export const ShipStock = messageType<ShipStock>({
  type: 'ShipStock', topic: 'inventory.commands', key: 'sku',
  versions: [ShipStockV1],
});
