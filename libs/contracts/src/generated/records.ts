// Generated from the schemas by `npm run generate -w @atelier/contracts`. Do not edit.

/** An amount of money, exact: never a floating-point number. */
export interface Money {
  /** In minor units of the currency: 450 EUR is 4.50 euros, 450 JPY is 450 yen. */
  readonly amount: bigint;
  /** ISO 4217 code in capitals, like EUR. */
  readonly currency: string;
}

/** One product of an order, at the price that was promised. */
export interface OrderLine {
  /** The product; each order names it once. */
  readonly sku: string;
  /** Pieces, at least 1. */
  readonly quantity: number;
  /** Price of one piece. */
  readonly unitPrice: Money;
}

/** Where an order came in. */
export type Channel = 'web' | 'store' | 'phone';

/** Who ordered. */
export interface Customer {
  /** As the client named them. */
  readonly id: string;
  /** Where the outcome is sent to. */
  readonly contact: string;
}
