import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { gatewayConfig } from './gateway.config.ts';
import { GatewayModule } from './gateway.module.ts';
import { OrderReader } from './orders/order-reader.ts';

const settings = {
  SERVICE_INSTANCE: 'gateway-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
};

describe('the service gateway', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(GatewayModule.forRoot(gatewayConfig(settings)), false);
    expect(app.get(OrderReader)).toBeInstanceOf(OrderReader);
  });
});
