/** What decisions need to know of the transaction that a producer has, or had, open in a partition. */
export type Transaction = Facts &
  (
    | { readonly status: 'unknown' | 'hanging' | 'ended' | 'not-ended' }
    | { readonly status: 'requested'; readonly outcome: string }
  );

interface Facts {
  /** Offset of its first record, which tells it from others of the same producer; null where it was never found. */
  readonly startOffset: bigint | null;
  readonly verdict: string | null;
  /** How often operators have asked for an end in this place. */
  readonly requests: number;
}

export const factsOf = ({ startOffset, verdict, requests }: Transaction): Facts => ({
  startOffset,
  verdict,
  requests,
});

/** Whether the known transaction begins there. One that was never found may begin anywhere. */
export const beginsAt = (state: Transaction, startOffset: bigint | null) =>
  state.startOffset === null || state.startOffset === startOffset;

interface Report {
  readonly startOffset: bigint;
  readonly verdict: string;
}

export function isNews(state: Transaction, { startOffset, verdict }: Report): boolean {
  if (state.startOffset !== startOffset) return true;
  return state.status !== 'ended' && state.verdict !== verdict;
}

interface Recording {
  readonly startOffset: bigint | null;
  /** The operators' request that was carried out; null where there was proof. */
  readonly request: number | null;
}

/** Whether this says for the first time how the known transaction ended. */
export function canEnd(state: Transaction, { startOffset, request }: Recording): boolean {
  if (request !== null) return isUnderWay(state, request);
  return state.status !== 'ended' && beginsAt(state, startOffset);
}

/** Whether this says for the first time that the known transaction could not be ended, and nobody has tried since. */
export function canStay(state: Transaction, { startOffset, request }: Recording): boolean {
  if (request !== null) return isUnderWay(state, request);
  return state.status === 'hanging' && beginsAt(state, startOffset);
}

const isUnderWay = (state: Transaction, request: number) =>
  state.status === 'requested' && state.requests === request;
