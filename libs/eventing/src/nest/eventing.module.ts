import { type DynamicModule, Module } from '@nestjs/common';
import type { AnyDecider, Catalogue, Contract } from '../domain/index.ts';

export interface EventingOptions {
  /** The service's name: `ce_source` of what it publishes, and the owner of its groups. */
  readonly service: string;
  /** This process among its kind: `orders-1`. */
  readonly instance: string;
  readonly kafka: { readonly brokers: readonly string[] };
  readonly registryUrl: string;
  readonly contracts: readonly Contract[];
  readonly catalogue: Catalogue;
  readonly deciders?: readonly AnyDecider[];
  /** Directory for the deciders' state; required with deciders. */
  readonly stateDir?: string;
  /** Postgres of the read models; required with projections. */
  readonly databaseUrl?: string;
  /** Events topics that EventTail follows. */
  readonly tail?: readonly string[];
}

/** The one import of a service: its deciders here, its policies and projections in `providers`, its effects in `controllers`. */
@Module({})
export class EventingModule {
  static forService(options: EventingOptions): DynamicModule {
    return {
      module: EventingModule,
      global: true,
      providers: [{ provide: 'EVENTING_OPTIONS', useValue: options }],
    };
  }
}
