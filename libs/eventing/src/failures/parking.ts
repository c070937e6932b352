import type { ConsumedRecord } from '../log/record.ts';
import type { ParkedChanges } from './parked-keys.ts';
import type { Verdict } from './verdict.ts';

/** Keeps the order of keys in one batch, by what was decided about its records. */
export class Parking {
  private readonly parked: ParkedChanges;
  private readonly keyOf: (key: Buffer) => string;

  /** `keyOf`: how keys are written where their marks are kept. */
  constructor(parked: ParkedChanges, keyOf: (key: Buffer) => string) {
    this.parked = parked;
    this.keyOf = keyOf;
  }

  /** Whether a record of the source has to wait for one before it. */
  waits({ key, offset }: ConsumedRecord): boolean {
    const known = key ? this.parked.of(this.keyOf(key)) : undefined;
    // At-least-once, the mark of a failure may be there before the position: what failed then is not behind itself.
    return known !== undefined && offset >= known.since;
  }

  park({ key, offset }: ConsumedRecord): void {
    if (key) this.parked.park(this.keyOf(key), offset);
  }

  /** Whether it has to wait; it is parked then. */
  parks(record: ConsumedRecord): boolean {
    const waits = this.waits(record);
    if (waits) this.park(record);
    return waits;
  }

  /** Throws TooManyParked. */
  follow(key: Buffer | null, verdict: Verdict): void {
    if (verdict.type === 'handled') this.release(key, verdict.releases);
    else if (key && verdict.parks) this.parked.block(this.keyOf(key), verdict.parks);
  }

  /** A failure is over. It frees its key if it is the one that the key waits for, and nothing otherwise. */
  release(key: Buffer | null, failureId: string | undefined): void {
    if (key && failureId !== undefined) this.parked.release(this.keyOf(key), failureId);
  }
}
