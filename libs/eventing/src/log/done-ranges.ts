/** Offsets from the first up to the second, exclusive. */
export interface DoneRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** What is done beyond a group's position, while something at the position is not: in their order, and apart. */
export type DoneRanges = readonly DoneRange[];

export const isDone = (ranges: DoneRanges, offset: bigint): boolean =>
  ranges.some(({ from, to }) => from <= offset && offset < to);

/** Whether all of these are among them. */
export const includes = (ranges: DoneRanges, others: DoneRanges): boolean =>
  others.every((other) => ranges.some(({ from, to }) => from <= other.from && other.to <= to));

/** What of them lies beyond a position. */
export const beyond = (ranges: DoneRanges, position: bigint): DoneRanges =>
  ranges
    .filter(({ to }) => to > position)
    .map(({ from, to }) => ({ from: from > position ? from : position, to }));

/** Both, joined where they meet. */
export function united(one: DoneRanges, other: DoneRanges): DoneRanges {
  const found: DoneRange[] = [];
  for (const range of [...one, ...other].sort((a, b) => Number(a.from - b.from))) {
    const last = found.at(-1);
    if (!last || range.from > last.to) found.push(range);
    else if (range.to > last.to) found.splice(-1, 1, { from: last.from, to: range.to });
  }
  return found;
}
