import { beyond, type DoneRange, type DoneRanges, united } from '../../log/done-ranges.ts';
import { doneText, MOST_DONE_BYTES, rangeBytes } from '../commits/done-text.ts';

interface Open {
  readonly offset: bigint;
  /** Something between it and the next one was done. */
  followed: boolean;
  /** It will be done with the next commit. */
  ended: boolean;
}

/** How far a lane has come whose records are not done in their order. */
export class LaneProgress {
  /** What an earlier owner has done. */
  private readonly before: DoneRanges;
  /** Records that were taken and are not done, in their order. */
  private readonly open: Open[] = [];
  private end = 0n;

  constructor(before: DoneRanges = []) {
    this.before = before;
  }

  /** The oldest that is not done, or where the lane goes on. */
  get position(): bigint {
    return this.open[0]?.offset ?? this.end;
  }

  /** What is done beyond the position. */
  get done(): DoneRanges {
    return this.doneBeside(() => true);
  }

  get isEmpty(): boolean {
    return this.open.length === 0;
  }

  /** The records of a lane come in their order. */
  add(offset: bigint): void {
    this.open.push({ offset, followed: false, ended: false });
  }

  /** Whatever is before it was added, or is nobody's business. */
  reached(offset: bigint): void {
    this.end = offset;
  }

  ended(offset: bigint): void {
    const found = this.open.find((each) => each.offset === offset);
    if (found) found.ended = true;
  }

  finish(offset: bigint): void {
    const index = this.open.findIndex((each) => each.offset === offset);
    const before = this.open[index - 1];
    this.open.splice(index, 1);
    if (before) before.followed = true;
  }

  /**
   * Whether a position still has room for what is done beyond it, if this record and those that run, so many, are done before what is
   * older. The oldest takes none.
   */
  hasRoomFor(offset: bigint, running: number): boolean {
    const isLeft = ({ ended }: Open) => !ended;
    const position = this.open.find(isLeft)?.offset ?? this.end;
    if (offset === position) return true;
    const done = this.doneBeside(isLeft);
    const furthest = done.at(-1)?.to ?? 0n;
    const span = (furthest > this.end ? furthest : this.end) - position;
    return doneText(position, done).length + (running + 1) * rangeBytes(span) <= MOST_DONE_BYTES;
  }

  /** What is done beyond the first that is left, when all others are done. */
  private doneBeside(isLeft: (each: Open) => boolean): DoneRanges {
    const own: DoneRange[] = [];
    let last: Open | undefined;
    let skipped = false;
    const upTo = (to: bigint) => {
      if (last && (last.followed || skipped)) own.push({ from: last.offset + 1n, to });
    };
    for (const each of this.open) {
      if (isLeft(each)) {
        upTo(each.offset);
        [last, skipped] = [each, false];
      } else skipped = true;
    }
    upTo(this.end);
    const position = this.open.find(isLeft)?.offset ?? this.end;
    return united(own, beyond(this.before, position));
  }
}
