import { catalogue, contracts, reports } from '@atelier/contracts';
import { EventingModule } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { EndTransactionEffect } from './end-transaction.effect.ts';
import { transaction } from './transaction.decider.ts';
import { TransactionReports } from './transaction-reports.ts';
import { TransactionsConfig, type transactionsConfig } from './transactions.config.ts';
import { WatchTransactions } from './watch-transactions.ts';

@Module({})
export class TransactionsModule {
  static forRoot(config: ReturnType<typeof transactionsConfig>): DynamicModule {
    return {
      module: TransactionsModule,
      imports: [
        EventingModule.forService({
          service: 'transactions',
          ...config,
          contracts,
          catalogue,
          reports,
          deciders: [transaction],
        }),
      ],
      providers: [{ provide: TransactionsConfig, useValue: config }, TransactionReports, WatchTransactions],
      controllers: [EndTransactionEffect],
    };
  }
}
