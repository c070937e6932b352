import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { projectionsConfig } from './projections.config.ts';
import { ProjectionsModule } from './projections.module.ts';
import { OrdersProjection } from './orders/orders.projection.ts';

const settings = {
  SERVICE_INSTANCE: 'projections-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
};

describe('the service projections', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(ProjectionsModule.forRoot(projectionsConfig(settings)), false);
    expect(app.get(OrdersProjection)).toBeInstanceOf(OrdersProjection);
  });
});
