import { duration, readConfig } from '@atelier/boot';

/** How orders are handled, as far as the one who runs the service decides it. */
export abstract class OrdersConfig {
  /** How long an order may be pending, in milliseconds. */
  abstract readonly expiryMs: number;
}

export const ordersConfig = (): OrdersConfig => ({
  expiryMs: readConfig({ ORDER_EXPIRY: duration('15m') }, process.env).ORDER_EXPIRY,
});
