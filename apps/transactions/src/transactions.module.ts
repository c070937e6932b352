import { serviceConfig, stateConfig } from '@atelier/boot';
import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { Module } from '@nestjs/common';
import { EndTransactionEffect } from './end-transaction.effect.ts';
import { transaction } from './transaction.decider.ts';
import { TransactionReports } from './transaction-reports.ts';
import { TransactionsConfig, transactionsConfig } from './transactions.config.ts';
import { WatchTransactions } from './watch-transactions.ts';

@Module({
  imports: [
    EventingModule.forService({
      service: 'transactions',
      ...serviceConfig(),
      ...stateConfig(),
      contracts,
      catalogue,
      reports,
      deciders: [transaction],
    }),
  ],
  providers: [
    { provide: TransactionsConfig, useFactory: transactionsConfig },
    TransactionReports,
    WatchTransactions,
  ],
  controllers: [EndTransactionEffect],
})
export class TransactionsModule {}
