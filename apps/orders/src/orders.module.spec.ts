import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { ordersConfig } from './orders.config.ts';
import { OrdersModule } from './orders.module.ts';
import { ExpireOrderPolicy } from './expire-order.policy.ts';

const settings = {
  SERVICE_INSTANCE: 'orders-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
  ORDER_EXPIRY: '5s',
};

describe('the service orders', () => {
  it('lets orders begin with the former type of event, unless it is told that all readers know the newest', () => {
    expect(ordersConfig(settings).placedAs).toBe('OrderPlaced');
    expect(ordersConfig({ ...settings, ORDER_PLACED_AS: 'OrderSubmitted' }).placedAs).toBe('OrderSubmitted');
    expect(() => ordersConfig({ ...settings, ORDER_PLACED_AS: 'OrderOpened' })).toThrow(
      'the type of event that an order begins with: OrderPlaced or OrderSubmitted',
    );
  });

  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(OrdersModule.forRoot(ordersConfig(settings)), false);
    expect(app.get(ExpireOrderPolicy)).toBeInstanceOf(ExpireOrderPolicy);
  });
});
