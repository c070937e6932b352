import type { TransactionPart } from '../log/partition-transactions.ts';
import type { Standstill } from '../log/stable-offsets.ts';
import { placeOf } from '../evidence/evidence.ts';

/** Nothing is hidden any more so long after the last fault. */
export const HIDDEN_MS = 60_000;
/** Fewer hanging transactions show nothing about what becomes of them. */
const LEAST_HANGING = 10;

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
export function check(transactions: Transactions, expected: 'none' | 'some'): string[] {
  const { parts, standing, at } = transactions;
  if (!parts.some(({ end }) => end?.by === 'coordinator'))
    return ['hanging: no transaction was followed, so there is nothing to check'];
  const hanging = parts.filter(isHanging);
  const interfered = parts.filter((part) => !isHanging(part) && part.end && part.end.by !== 'coordinator');
  return [
    ...(expected === 'none' ? hanging.map((part) => `${nameOf(part)}: hung`) : tooFew(hanging)),
    ...hanging.flatMap((part) => wrongEnd(part, transactions)),
    ...interfered.map(
      (part) => `${nameOf(part)}: ended by ${part.end?.by} before its coordinator had decided`,
    ),
    ...standing.map((each) => stillStanding(each, at)),
    ...standing.flatMap((each) => contradicted(each, parts)),
  ];
}

/** Only those that somebody ended by hand show anything. */
function tooFew(all: readonly TransactionPart[]): string[] {
  const hanging = all.filter(({ end }) => end?.by === 'hand');
  const committed = hanging.filter(({ transaction }) => transaction?.decided?.outcome === 'commit');
  return [
    ...(hanging.length >= LEAST_HANGING
      ? []
      : [`too little: ${hanging.length} hanging transactions, ${LEAST_HANGING} were needed`]),
    ...(committed.length > 0 ? [] : ['too little: no hanging transaction that was committed']),
  ];
}

function wrongEnd(part: TransactionPart, { lastFaultAt, at }: Transactions): string[] {
  const { transaction, end } = part;
  const decided = transaction?.decided?.outcome;
  const name = nameOf(part);
  if (!end)
    return [
      `${name}: its coordinator's word was ${decided ?? 'none'}, and it is open after ${seconds(hiddenMs(part, at))}`,
    ];
  return [
    ...(end.by === 'later marker'
      ? [`${name}: joined by a later transaction of its producer, which ended it`]
      : []),
    ...(end.by === 'nobody' ? [`${name}: ended by a marker that nobody's decision explains`] : []),
    ...(end.outcome === decided
      ? []
      : [`${name}: its coordinator's word was ${decided ?? 'none'}, and its marker says ${end.outcome}`]),
    ...(end.at <= lastFaultAt + HIDDEN_MS
      ? []
      : [`${name}: ended ${seconds(end.at - lastFaultAt)} after the last fault`]),
  ];
}

function stillStanding({ stable, end, since, open, ...where }: Standstill, at: number): string {
  const owners = open.map(({ producerId, epoch }) => `producer ${producerId} epoch ${epoch}`).join(', ');
  return `${placeOf(where)}: stable up to ${stable} for ${seconds(at - since)}, but its end is ${end}; open: ${owners || 'unknown'}`;
}

/** What the leader has open must be open by the markers in its log, too: otherwise one of the two is not what it seems. */
function contradicted({ open, ...where }: Standstill, parts: readonly TransactionPart[]): string[] {
  const place = placeOf(where);
  const isOpen = (producerId: bigint) =>
    parts.some((part) => part.place === place && part.producerId === producerId && !part.end);
  return open
    .filter(({ producerId }) => !isOpen(producerId))
    .map(
      ({ producerId, startOffset }) =>
        `${place}: its leader has producer ${producerId} open from ${startOffset} on, and its log does not`,
    );
}

/** How long a hanging transaction hid what lies behind it, since its coordinator took it for complete. */
export const hiddenMs = ({ transaction, writtenAt, end }: TransactionPart, at: number) =>
  Math.max(0, (end?.at ?? at) - (transaction?.completedAt ?? writtenAt));

const nameOf = ({ place, firstOffset, producerId, epoch, transaction }: TransactionPart) =>
  `${place}@${firstOffset}: producer ${producerId} epoch ${epoch} (${transaction?.transactionalId ?? 'of no coordinator'})`;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
