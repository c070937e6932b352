import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { inventoryConfig } from './inventory.config.ts';
import { InventoryModule } from './inventory.module.ts';
import { ReserveStockPolicy } from './reserve-stock.policy.ts';

const settings = {
  SERVICE_INSTANCE: 'inventory-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
};

describe('the service inventory', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(InventoryModule.forRoot(inventoryConfig(settings)), false);
    expect(app.get(ReserveStockPolicy)).toBeInstanceOf(ReserveStockPolicy);
  });
});
