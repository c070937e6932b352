import { Injectable } from '@nestjs/common';
import { endTransaction } from '../hanging-transactions/end-transaction.ts';
import {
  type EndResult,
  type HangingTransaction,
  HangingTransactions,
  type Outcome,
  type TransactionPlace,
} from '../hanging-transactions/hanging-transactions.ts';
import { TransactionFinder } from '../hanging-transactions/transaction-finder.ts';
import { Engine } from './engine.ts';

/** The timeout of this platform's transactions, 10 s, and what clocks and polls may add. */
const OPEN_FOR_MS = 11_000;

@Injectable()
export class KafkaHangingTransactions extends HangingTransactions {
  private readonly engine: Engine;
  private finder: TransactionFinder | undefined;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  override find(): Promise<readonly HangingTransaction[]> {
    const { client, catalogue } = this.engine;
    const now = () => performance.now();
    this.finder ??= new TransactionFinder(client, { catalogue, openForMs: OPEN_FOR_MS, now });
    return this.finder.find();
  }

  override end(place: TransactionPlace, outcome: Outcome, startOffset?: bigint): Promise<EndResult> {
    return endTransaction(this.engine.client, place, outcome, startOffset);
  }
}
