import { Random } from '../../random.ts';
import { deciders } from '../deciders.ts';
import { historyFile } from '../write-history.ts';
import { DeadLetterHistories } from './dead-letters.ts';
import { OrderHistories } from './orders.ts';
import { SimulatedPlatform } from './platform.ts';
import { TransactionHistories } from './transactions.ts';

/** Longer than tombstones, and the ids of commands, are kept. */
const EIGHT_DAYS_MS = 8 * 24 * 60 * 60 * 1_000;

/** The file of histories that a simulated platform has made: the same for the same seed. */
export async function recordSimulated(seed: number): Promise<string> {
  const platform = new SimulatedPlatform(seed);
  const random = new Random(seed);
  const orders = new OrderHistories(platform, random);
  await platform.start('OrderPlaced');
  await orders.products();
  await orders.orders(3);
  await orders.oddStock();
  await platform.stop();
  await platform.pass(EIGHT_DAYS_MS);
  await platform.start('OrderSubmitted');
  await orders.forgottenRelease();
  await orders.orders(1);
  await orders.cancelledOrder();
  await orders.expiredOrder();
  await orders.ordersThatAreRefused();
  await orders.oddAnswers();
  await orders.reusedIds();
  await deadLetters(new DeadLetterHistories(platform, random));
  await transactions(new TransactionHistories(platform, random));
  await platform.stop();
  return platform.run(historyFile(() => platform.topics, deciders));
}

async function deadLetters(histories: DeadLetterHistories): Promise<void> {
  await histories.letters();
  await histories.usedUpLetter();
  await histories.oldLetter();
  await histories.jobs();
  await histories.jobsThatAreRefused();
  await histories.reusedIds();
}

async function transactions(histories: TransactionHistories): Promise<void> {
  await histories.proven();
  await histories.requested();
  await histories.reusedIds();
}
