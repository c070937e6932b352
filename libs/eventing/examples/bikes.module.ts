import { EventingModule, EventingTransport } from '@atelier/eventing';
import { type DynamicModule, type INestApplication, Module } from '@nestjs/common';
import { bike } from './bike.decider.ts';
import { BikesProjection } from './bikes.projection.ts';
import { catalogue } from './catalogue.ts';
import { contracts } from './contracts.ts';
import { InspectBikePolicy } from './inspect-bike.policy.ts';
import { ReceiptEffect, Texts } from './receipt.effect.ts';

export interface BikesConfig {
  readonly kafka: { readonly brokers: readonly string[] };
  readonly registryUrl: string;
  readonly databaseUrl: string;
  /** Where deciders and effects keep what follows from the log: a directory of this instance alone. */
  readonly stateDir: string;
  readonly texts: Texts;
}

@Module({})
export class BikesModule {
  static forRoot({ texts, ...config }: BikesConfig): DynamicModule {
    const service = { service: 'bikes', instance: 'bikes-1', contracts, catalogue, deciders: [bike] };
    return {
      module: BikesModule,
      imports: [EventingModule.forService({ ...service, ...config })],
      providers: [InspectBikePolicy, BikesProjection, { provide: Texts, useValue: texts }],
      controllers: [ReceiptEffect],
    };
  }
}

/** In main.ts, between `NestFactory.create` and `app.listen`; `app.enableShutdownHooks()` lets it end whole. */
export async function startEventing(app: INestApplication): Promise<void> {
  app.connectMicroservice({ strategy: app.get(EventingTransport) });
  await app.startAllMicroservices();
}
