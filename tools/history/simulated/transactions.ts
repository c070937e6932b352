import {
  EndTransaction,
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
  transactionKey,
} from '@atelier/contracts';
import { transaction } from '../../../apps/transactions/src/transaction.decider.ts';
import { Random } from '../../random.ts';
import { type Played, SimulatedPlatform } from './platform.ts';

const WATCH = 'transactions.watch';

/** What is found of hanging transactions, and what operators decide about them. */
export async function playTransactions(seed: number): Promise<Played> {
  const platform = new SimulatedPlatform(seed);
  const play = new Transactions(platform, new Random(seed));
  await platform.start(transaction);
  await platform.scenario(() => play.proven());
  await platform.scenario(() => play.requested());
  await platform.scenario(() => play.reusedIds());
  await platform.stop();
  return { platform, deciders: [transaction] };
}

class Transactions {
  private readonly platform: SimulatedPlatform;
  private readonly random: Random;
  private found = 0;

  constructor(platform: SimulatedPlatform, random: Random) {
    this.platform = platform;
    this.random = random;
  }

  /** Found, proven, ended; and another one of the same producer. */
  async proven(): Promise<void> {
    const { report, end, ended, notEnded } = this.transaction();
    await this.platform.tellAll(
      report(10n),
      report(10n),
      report(10n, 'proven-abort'),
      notEnded(10n, null),
      notEnded(10n, null),
      ended(11n, null),
      ended(10n, null),
      ended(10n, null),
      report(10n, 'unproven'),
      end('abort', 10n),
      report(20n),
      end('abort', 10n),
      end('abort', 20n),
      ended(10n, 2),
      ended(10n, 1),
    );
  }

  /** An operator's decision about one that was never found, which is found then. */
  async requested(): Promise<void> {
    const { report, end, ended, notEnded } = this.transaction();
    await this.platform.tellAll(
      end('perhaps', null),
      end('abort', null),
      end('abort', null),
      end('commit', null),
      report(30n),
      report(30n, 'foreign'),
      end('abort', 40n),
      notEnded(40n, 1),
      notEnded(40n, 2),
      end('commit', null),
      report(50n),
      ended(50n, 3),
    );
  }

  async reusedIds(): Promise<void> {
    const { report, end, ended, notEnded } = this.transaction();
    for (const each of [report(1n), end('abort', 1n), notEnded(1n, 1), ended(1n, null)])
      await this.platform.tellAgain(each);
  }

  /** What may be said of the transactions of one producer in one partition. */
  private transaction() {
    const producerId = BigInt(4_000 + ++this.found);
    const at = { topic: 'orders.events', partition: this.random.between(0, 5), producerId };
    const place = { transaction: transactionKey(at), ...at };
    const by = { outcome: 'abort', by: WATCH };
    const since = BigInt(this.platform.now);
    const id = { producerEpoch: 3, transactionalId: 'orders/orders-1', since, waiting: 7n };
    return {
      report: (startOffset: bigint, verdict = 'unproven') =>
        ReportHangingTransaction({ ...place, ...id, startOffset, verdict, known: `it is ${verdict}` }),
      end: (outcome: string, startOffset: bigint | null) =>
        EndTransaction({ ...place, startOffset, outcome, reason: 'the broker is gone', operator: 'olga' }),
      ended: (startOffset: bigint, request: number | null) =>
        RecordTransactionEnded({ ...place, producerEpoch: 3, startOffset, ...by, reason: 'proven', request }),
      notEnded: (startOffset: bigint, request: number | null) =>
        RecordTransactionNotEnded({
          ...place,
          startOffset,
          ...by,
          result: 'refused',
          why: 'no leader',
          request,
        }),
    };
  }
}
