import { commitCyclesContract } from '../engine/commits/commit-cycles.features.ts';
import { feedsContract } from '../engine/ports/feeds.features.ts';
import { logContract } from '../engine/ports/log.features.ts';
import { membershipContract } from '../engine/ports/membership.features.ts';
import { patienceContract } from '../engine/ports/patience.features.ts';
import { readingContract } from '../engine/ports/reading.features.ts';
import { takeoverContract } from '../engine/commits/takeover.features.ts';
import { transactionRequestsContract } from '../engine/ports/transaction-requests.features.ts';
import { transactionsContract } from '../engine/ports/transactions.features.ts';
import { witnessContract } from '../engine/commits/witness.features.ts';
import { kafkaUnderTest } from '../../fixtures/kafka-under-test.ts';

logContract(kafkaUnderTest);
readingContract(kafkaUnderTest);
feedsContract(kafkaUnderTest);
transactionRequestsContract(kafkaUnderTest);
transactionsContract(kafkaUnderTest);
membershipContract(kafkaUnderTest);
takeoverContract(kafkaUnderTest);
commitCyclesContract(kafkaUnderTest);
witnessContract(kafkaUnderTest);
// Last, so that it can wait while the others run.
patienceContract(kafkaUnderTest);
