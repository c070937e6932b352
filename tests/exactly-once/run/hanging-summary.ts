import { seconds } from '../../../tools/seconds.ts';
import { hiddenMs, isHanging, type Transactions } from '../../harness/checks/hanging.ts';

/** What became of the hanging transactions of a row. */
export interface HangingSummary {
  readonly followed: number;
  readonly seen: number;
  readonly committed: number;
  readonly aborted: number;
  readonly byHand: number;
  readonly byLaterMarker: number;
  readonly open: number;
  readonly longestHiddenMs: number;
}

export function summaryOf({ parts, at }: Transactions): HangingSummary {
  const hanging = parts.filter(isHanging);
  const decided = (outcome: string) =>
    hanging.filter(({ transaction }) => transaction?.decided?.outcome === outcome).length;
  const ended = (by: string | undefined) => hanging.filter(({ end }) => end?.by === by).length;
  return {
    followed: parts.length,
    seen: hanging.length,
    committed: decided('commit'),
    aborted: decided('abort'),
    byHand: ended('hand'),
    byLaterMarker: ended('later marker'),
    open: ended(undefined),
    longestHiddenMs: Math.max(0, ...hanging.map((part) => hiddenMs(part, at))),
  };
}

export const hangingLine = (summary: HangingSummary) =>
  `${summary.seen} hanging transactions seen in ${summary.followed} parts of transactions: ` +
  `${summary.committed} committed, ${summary.aborted} aborted; ended: ${summary.byHand} by hand, ` +
  `${summary.byLaterMarker} by a later marker, ${summary.open} not at all; longest hidden ${seconds(summary.longestHiddenMs)}`;
