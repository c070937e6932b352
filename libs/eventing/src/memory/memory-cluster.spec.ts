import { membershipContract } from '../engine/membership.features.ts';
import { transactionsContract } from '../engine/transactions.features.ts';
import { memoryUnderTest } from '../testing/memory-under-test.ts';

transactionsContract(memoryUnderTest);
membershipContract(memoryUnderTest);
