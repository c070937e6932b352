import { bytesOf, laneOf, type PendingShare, type Share } from './share.ts';

/** Bytes of keys and values in one transaction, so that it is open for a moment only. */
const CYCLE_BYTES = 8 * 1024 * 1024;

/** Whether a share may go into a transaction now. */
export type MayGo = (share: Share) => boolean;

/**
 * The shares that wait for a transaction. Those that are well go together, as many as there are. Others are tried apart from them:
 * those of lanes that are unwell, one by one, and those of which one has spoilt a transaction, by halves.
 */
export class ShareQueue {
  private well: PendingShare[] = [];
  private apart: (readonly PendingShare[])[] = [];
  /** Lanes whose last share was to blame for a failure. */
  private readonly unwell = new Set<string>();
  private tookApart = false;

  add(pending: PendingShare): void {
    if (this.unwell.has(laneOf(pending.share))) this.apart.push([pending]);
    else this.well.push(pending);
  }

  get isEmpty(): boolean {
    return this.well.length === 0 && this.apart.length === 0;
  }

  /** Those that are well and may go, up to a size: a transaction that is open hides what is behind it. */
  together(mayGo: MayGo): readonly PendingShare[] {
    const going = this.well.filter(({ share }) => mayGo(share));
    let bytes = 0;
    const end = going.findIndex(({ share }) => {
      bytes += bytesOf(share);
      return bytes > CYCLE_BYTES;
    });
    return end < 0 ? going : going.slice(0, Math.max(1, end));
  }

  /** The next of those that are tried apart. */
  alone(mayGo: MayGo): readonly PendingShare[] {
    return this.apart.find((some) => some.every(({ share }) => mayGo(share))) ?? [];
  }

  /** Either, in turn: what fails again and again holds up nobody for long. */
  inTurn(mayGo: MayGo): readonly PendingShare[] {
    const [together, alone] = [this.together(mayGo), this.alone(mayGo)];
    if (together.length === 0 || alone.length === 0) return [...together, ...alone];
    return this.tookApart ? together : alone;
  }

  /** They do not wait any more. */
  take(taken: readonly PendingShare[]): void {
    const gone = new Set(taken);
    this.tookApart = this.apart.some((some) => some.some((pending) => gone.has(pending)));
    this.well = this.well.filter((pending) => !gone.has(pending));
    this.apart = this.apart
      .map((some) => some.filter((pending) => !gone.has(pending)))
      .filter((some) => some.length > 0);
  }

  /** Takes those out of which this is true. */
  takeAll(isSo: (share: Share) => boolean): readonly PendingShare[] {
    const taken = [...this.well, ...this.apart.flat()].filter(({ share }) => isSo(share));
    this.take(taken);
    return taken;
  }

  /** Nothing was wrong with them: they go first. */
  giveBack(innocent: readonly PendingShare[]): void {
    this.well.unshift(...innocent);
  }

  /** One of them has spoilt a transaction: it is found by halves. */
  halve(suspects: readonly PendingShare[]): void {
    const middle = Math.ceil(suspects.length / 2);
    this.apart.unshift(suspects.slice(0, middle), suspects.slice(middle));
  }

  /** From now on the lane's shares are tried apart, until one is committed. */
  blame({ share }: PendingShare): void {
    this.unwell.add(laneOf(share));
  }

  acquit({ share }: PendingShare): void {
    this.unwell.delete(laneOf(share));
  }
}
