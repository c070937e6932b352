import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { Mailer } from './mailer.ts';
import { MailConfig, mailConfig } from './notifications.config.ts';
import { OrderMailEffect } from './order-mail.effect.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'notifications',
      ...serviceConfig(),
      ...stateConfig(),
      contracts,
      catalogue,
      reports,
    }),
  ],
  providers: [Mailer, { provide: MailConfig, useFactory: mailConfig }],
  controllers: [OrderMailEffect],
})
export class NotificationsModule {}
