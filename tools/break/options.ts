import { readSmtpFault, type SmtpFault } from '@atelier/local-stack';
import { decimal } from '../options.ts';
import { poisonable } from './poisonable.ts';

export type Wanted =
  | { readonly what: 'smtp'; readonly text: string; readonly fault: SmtpFault }
  | { readonly what: 'poison'; readonly topic: string; readonly count: number };

const most = 1_000;
export const usage = `Usage: npm run fault -- smtp up|down|refuse [451]|slow [10s]
       npm run fault -- poison <topic> [1]`;

/** Reads the command line. Throws a sentence for whoever typed it. */
export function readWanted([what, ...details]: readonly string[]): Wanted {
  if (what === 'smtp') {
    const text = details.join(' ');
    return { what, text, fault: readSmtpFault(text) };
  }
  if (what === 'poison' && details.length <= 2) {
    const [topic = '', count = '1'] = details;
    return { what, topic: poisonable(topic), count: countOf(count) };
  }
  throw new Error(usage);
}

function countOf(text: string): number {
  const count = decimal(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Error(`${text} is not a number of records from 1 to ${most}.\n${usage}`);
}
