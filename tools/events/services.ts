import { createApp } from '@atelier/boot';
import { EVENTING_OPTIONS, type EventingOptions, type HandledGroup, HandledGroups } from '@atelier/eventing';
import type { DynamicModule } from '@nestjs/common';
import { deadLettersConfig } from '../../apps/dead-letters/src/dead-letters.config.ts';
import { DeadLettersModule } from '../../apps/dead-letters/src/dead-letters.module.ts';
import { gatewayConfig } from '../../apps/gateway/src/gateway.config.ts';
import { GatewayModule } from '../../apps/gateway/src/gateway.module.ts';
import { inventoryConfig } from '../../apps/inventory/src/inventory.config.ts';
import { InventoryModule } from '../../apps/inventory/src/inventory.module.ts';
import { notificationsConfig } from '../../apps/notifications/src/notifications.config.ts';
import { NotificationsModule } from '../../apps/notifications/src/notifications.module.ts';
import { ordersConfig } from '../../apps/orders/src/orders.config.ts';
import { OrdersModule } from '../../apps/orders/src/orders.module.ts';
import { projectionsConfig } from '../../apps/projections/src/projections.config.ts';
import { ProjectionsModule } from '../../apps/projections/src/projections.module.ts';
import { transactionsConfig } from '../../apps/transactions/src/transactions.config.ts';
import { TransactionsModule } from '../../apps/transactions/src/transactions.module.ts';

/** What one service reads. */
export interface ServiceFacts {
  readonly service: string;
  readonly groups: readonly HandledGroup[];
  /** Topics that each of its processes follows, without a group. */
  readonly tail: readonly string[];
}

/** Of a service that is built, and never started: nothing is at these addresses. */
const settings = {
  SERVICE_INSTANCE: 'documented-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
  SMTP_URL: 'smtp://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
};

const modules: readonly DynamicModule[] = [
  GatewayModule.forRoot(gatewayConfig(settings)),
  OrdersModule.forRoot(ordersConfig(settings)),
  InventoryModule.forRoot(inventoryConfig(settings)),
  NotificationsModule.forRoot(notificationsConfig(settings)),
  ProjectionsModule.forRoot(projectionsConfig(settings)),
  DeadLettersModule.forRoot(deadLettersConfig(settings)),
  TransactionsModule.forRoot(transactionsConfig(settings)),
];

/** The services' own word: their modules are built, as at a start, and asked for their groups. */
export const describeServices = (): Promise<readonly ServiceFacts[]> => Promise.all(modules.map(describe));

async function describe(module: DynamicModule): Promise<ServiceFacts> {
  const app = await createApp(module, false);
  const { service, tail = [] } = app.get<EventingOptions>(EVENTING_OPTIONS);
  return { service, groups: app.get(HandledGroups).describe(), tail };
}
