import { commitCyclesContract } from '../engine/commit-cycles.features.ts';
import { feedsContract } from '../engine/feeds.features.ts';
import { logContract } from '../engine/log.features.ts';
import { membershipContract } from '../engine/membership.features.ts';
import { patienceContract } from '../engine/patience.features.ts';
import { readingContract } from '../engine/reading.features.ts';
import { takeoverContract } from '../engine/takeover.features.ts';
import { transactionRequestsContract } from '../engine/transaction-requests.features.ts';
import { transactionsContract } from '../engine/transactions.features.ts';
import { witnessContract } from '../engine/witness.features.ts';
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
