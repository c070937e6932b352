import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { ReserveStockPolicy } from './reserve-stock.policy.ts';
import { stock } from './stock.decider.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'inventory',
      ...serviceConfig(),
      ...stateConfig(),
      contracts,
      catalogue,
      reports,
      deciders: [stock],
    }),
  ],
  providers: [ReserveStockPolicy],
})
export class InventoryModule {}
