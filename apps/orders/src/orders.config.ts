import { duration, readConfig, serviceConfig, stateConfig } from '@atelier/boot';

/** How orders are handled, as far as the one who runs the service decides it. */
export abstract class OrdersConfig {
  /** How long an order may be pending, in milliseconds. */
  abstract readonly expiryMs: number;
}

const settings = { ORDER_EXPIRY: duration('15m') };

export const ordersConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({
    ...serviceConfig(variables),
    ...stateConfig(variables),
    expiryMs: readConfig(settings, variables).ORDER_EXPIRY,
  });
