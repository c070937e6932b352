import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HealthController } from './health.controller.ts';
import { Readiness } from './readiness.ts';

/** A service's module with `GET /health/live` and `GET /health/ready` beside it. */
@Module({ imports: [DiscoveryModule], providers: [Readiness], controllers: [HealthController] })
export class HealthModule {
  static beside(service: Type | DynamicModule): DynamicModule {
    return { module: HealthModule, imports: [service] };
  }
}
