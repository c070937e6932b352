import { duration, oneOf, readConfig, serviceConfig, stateConfig } from '@atelier/boot';
import { PLACED_AS } from './placed-as.ts';

/** How orders are handled, as far as the one who runs the service decides it. */
export abstract class OrdersConfig {
  /** How long an order may be pending, in milliseconds. */
  abstract readonly expiryMs: number;
}

const settings = {
  ORDER_EXPIRY: duration('15m'),
  ORDER_PLACED_AS: oneOf(PLACED_AS, 'the type of event that an order begins with'),
};

export const ordersConfig = (variables: NodeJS.ProcessEnv = process.env) => {
  const { ORDER_EXPIRY: expiryMs, ORDER_PLACED_AS: placedAs } = readConfig(settings, variables);
  return Object.freeze({ ...serviceConfig(variables), ...stateConfig(variables), expiryMs, placedAs });
};
