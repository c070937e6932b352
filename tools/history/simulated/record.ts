import { historyLines, historyText } from '../write-history.ts';
import { playDeadLetters } from './dead-letters.ts';
import { playOrders } from './orders.ts';
import { playTransactions } from './transactions.ts';

/** A change of one of them changes nothing in what the others have recorded. */
const plays = [playOrders, playDeadLetters, playTransactions];

/** The file of histories that simulated platforms have made: the same for the same seed. */
export async function recordSimulated(seed: number): Promise<string> {
  const lines = [];
  for (const play of plays) {
    const { platform, deciders } = await play(seed);
    for (const rules of deciders) lines.push(...(await platform.run(historyLines(platform.topics, rules))));
  }
  return historyText(lines);
}
