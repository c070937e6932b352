import type { AnyDecider } from '@atelier/eventing/domain';
import { deadLetter } from '../../apps/dead-letters/src/dead-letter.decider.ts';
import { redriveJob } from '../../apps/dead-letters/src/redrive-job.decider.ts';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import { order } from '../../apps/orders/src/order.decider.ts';
import { transaction } from '../../apps/transactions/src/transaction.decider.ts';

/** Every decider of the platform, as the working tree has it. */
export const deciders: readonly AnyDecider[] = [order, stock, deadLetter, redriveJob, transaction];
