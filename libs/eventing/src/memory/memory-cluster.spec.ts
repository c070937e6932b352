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
import { memoryUnderTest } from '../../fixtures/memory-under-test.ts';

logContract(memoryUnderTest);
readingContract(memoryUnderTest);
feedsContract(memoryUnderTest);
transactionRequestsContract(memoryUnderTest);
transactionsContract(memoryUnderTest);
membershipContract(memoryUnderTest);
takeoverContract(memoryUnderTest);
commitCyclesContract(memoryUnderTest);
witnessContract(memoryUnderTest);
// Last, so that it can wait while the others run.
patienceContract(memoryUnderTest);
