import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { notificationsConfig } from './notifications.config.ts';
import { NotificationsModule } from './notifications.module.ts';
import { OrderMailEffect } from './order-mail.effect.ts';

const settings = {
  SERVICE_INSTANCE: 'notifications-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
  SMTP_URL: 'smtp://127.0.0.1:1',
};

describe('the service notifications', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(NotificationsModule.forRoot(notificationsConfig(settings)), false);
    expect(app.get(OrderMailEffect)).toBeInstanceOf(OrderMailEffect);
  });
});
