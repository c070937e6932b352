import { createApp } from '@atelier/boot';
import { describe, expect, it } from '@jest/globals';
import { transactionsConfig } from './transactions.config.ts';
import { TransactionsModule } from './transactions.module.ts';
import { WatchTransactions } from './watch-transactions.ts';

const settings = {
  SERVICE_INSTANCE: 'transactions-1',
  KAFKA_BROKERS: '127.0.0.1:1',
  REGISTRY_URL: 'http://127.0.0.1:1',
  HTTP_PORT: '0',
  STATE_DIR: '/nowhere',
};

describe('the service transactions', () => {
  it('is built from settings alone (its module read the environment, and ended the process without it)', async () => {
    const app = await createApp(TransactionsModule.forRoot(transactionsConfig(settings)), false);
    expect(app.get(WatchTransactions)).toBeInstanceOf(WatchTransactions);
  });
});
