import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { Mailer } from './mailer.ts';
import { MailConfig, type notificationsConfig } from './notifications.config.ts';
import { OrderMailEffect } from './order-mail.effect.ts';

@Module({})
export class NotificationsModule {
  static forRoot(config: ReturnType<typeof notificationsConfig>): DynamicModule {
    return {
      module: NotificationsModule,
      imports: [
        EventingModule.forService({
          service: 'notifications',
          ...config,
          contracts,
          catalogue,
          reports,
        }),
      ],
      providers: [Mailer, { provide: MailConfig, useValue: config.mail }],
      controllers: [OrderMailEffect],
    };
  }
}
