import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import type { InventoryConfig } from './inventory.config.ts';
import { ReserveStockPolicy } from './reserve-stock.policy.ts';
import { stock } from './stock.decider.ts';

@Module({})
export class InventoryModule {
  static forRoot(config: InventoryConfig): DynamicModule {
    return {
      module: InventoryModule,
      imports: [
        EventingModule.forService({
          service: 'inventory',
          ...config,
          contracts,
          catalogue,
          reports,
          deciders: [stock],
        }),
      ],
      providers: [ReserveStockPolicy],
    };
  }
}
