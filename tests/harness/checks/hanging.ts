import type { TransactionPart } from '../log/partition-transactions.ts';
import type { Standstill } from '../log/stable-offsets.ts';
import { placeOf } from '../evidence/evidence.ts';
import { nothingToCheck, type Violation } from './violation.ts';

/** Nothing is hidden any more so long after the last fault. */
export const HIDDEN_MS = 60_000;
/** Fewer hanging transactions show nothing about what becomes of them. A process has one open at a time: 20 rounds gave 7. */
const LEAST_HANGING = 3;

/** What is known of the transactions of a row, at rest. Times: milliseconds since 1970-01-01 UTC. */
export interface Transactions {
  readonly parts: readonly TransactionPart[];
  /** Partitions whose last stable offset is not their end. */
  readonly standing: readonly Standstill[];
  /** When the last fault was over, and when this was looked at. */
  readonly lastFaultAt: number;
  readonly at: number;
}

/** One that a partition has, or had, open although its coordinator has completed it, or does not have it. */
export const isHanging = ({ transaction, end }: TransactionPart) =>
  end?.by !== 'coordinator' && (!transaction || transaction.completedAt !== undefined);

/**
 * Nothing stays hidden; what its coordinator left open in a partition was ended there with the outcome that the coordinator had
 * decided, and nobody else ends anything. `expected`: whether some must have hung, because the row shows nothing otherwise.
 */
export function check(transactions: Transactions, expected: 'none' | 'some'): Violation[] {
  const { parts, standing, at } = transactions;
  if (!parts.some(({ end }) => end?.by === 'coordinator'))
    return [nothingToCheck('hanging', 'no transaction was followed')];
  const hanging = parts.filter(isHanging);
  const interfered = parts.filter((part) => !isHanging(part) && part.end && part.end.by !== 'coordinator');
  return [
    ...(expected === 'none' ? hanging.map(hung) : tooFew(hanging)),
    ...hanging.flatMap((part) => wrongEnd(part, transactions)),
    ...interfered.map(endedEarly),
    ...standing.map((each) => stillStanding(each, at)),
    ...standing.flatMap((each) => contradicted(each, parts)),
  ];
}

const hung = (part: TransactionPart): Violation => ({ kind: 'transaction-hung', part: nameOf(part) });

const endedEarly = (part: TransactionPart): Violation => ({
  kind: 'transaction-ended-early',
  part: nameOf(part),
  by: part.end?.by,
});

/** Only those that somebody ended by hand show anything. */
function tooFew(all: readonly TransactionPart[]): Violation[] {
  const hanging = all.filter(({ end }) => end?.by === 'hand');
  const committed = hanging.filter(({ transaction }) => transaction?.decided?.outcome === 'commit');
  const [what, count] = ['hanging transactions', hanging.length];
  return [
    ...(count >= LEAST_HANGING ? [] : [{ kind: 'too-little', what, count, needed: LEAST_HANGING } as const]),
    ...(committed.length > 0 ? [] : [{ kind: 'none-committed' } as const]),
  ];
}

function wrongEnd(of: TransactionPart, { lastFaultAt, at }: Transactions): Violation[] {
  const { transaction, end } = of;
  const word = transaction?.decided?.outcome;
  const part = nameOf(of);
  if (!end) return [{ kind: 'transaction-open', part, word, ms: hiddenMs(of, at) }];
  const { by, outcome } = end;
  const violations: Violation[] = [];
  if (by === 'later marker') violations.push({ kind: 'transaction-joined', part });
  if (by === 'nobody') violations.push({ kind: 'transaction-ended-by-nobody', part });
  if (outcome !== word) violations.push({ kind: 'transaction-ended-otherwise', part, word, outcome });
  const ms = end.at - lastFaultAt;
  if (ms > HIDDEN_MS) violations.push({ kind: 'transaction-ended-late', part, ms });
  return violations;
}

function stillStanding({ stable, end, since, open, ...where }: Standstill, at: number): Violation {
  const owners = open.map(({ producerId, epoch }) => `producer ${producerId} epoch ${epoch}`);
  return { kind: 'partition-stands', place: placeOf(where), stable, end, ms: at - since, owners };
}

/** What the leader has open must be open by the markers in its log, too: otherwise one of the two is not what it seems. */
function contradicted({ open, ...where }: Standstill, parts: readonly TransactionPart[]): Violation[] {
  const place = placeOf(where);
  const isOpen = (producerId: bigint) =>
    parts.some((part) => part.place === place && part.producerId === producerId && !part.end);
  return open
    .filter(({ producerId }) => !isOpen(producerId))
    .map(({ producerId, startOffset: from }) => ({ kind: 'open-for-leader-only', place, producerId, from }));
}

/** How long a hanging transaction hid what lies behind it, since its coordinator took it for complete. */
export const hiddenMs = ({ transaction, writtenAt, end }: TransactionPart, at: number) =>
  Math.max(0, (end?.at ?? at) - (transaction?.completedAt ?? writtenAt));

const nameOf = ({ place, firstOffset, producerId, epoch, transaction }: TransactionPart) =>
  `${place}@${firstOffset}: producer ${producerId} epoch ${epoch} (${transaction?.transactionalId ?? 'of no coordinator'})`;
