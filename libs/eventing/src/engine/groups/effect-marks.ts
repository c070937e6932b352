import type { PerformedIndex } from '../../state/performed-index.ts';
import type { Clock } from '../../time/clock.ts';

interface Mark {
  readonly id: string;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes the marks of effects: each write waits for the disk, so those of one moment are one. */
export class EffectMarks {
  private readonly index: PerformedIndex;
  private readonly clock: Clock;
  private waiting: Mark[] = [];

  constructor(index: PerformedIndex, clock: Clock) {
    this.index = index;
    this.clock = clock;
  }

  /** Resolves when the mark is on the disk. */
  add(id: string): Promise<void> {
    const { promise, resolve: written, reject: failed } = Promise.withResolvers<void>();
    if (this.waiting.push({ id, written, failed }) === 1) this.clock.timer(0, () => this.write());
    return promise;
  }

  private write(): void {
    const marks = this.waiting;
    this.waiting = [];
    try {
      this.index.add(
        marks.map(({ id }) => id),
        this.clock.now(),
      );
      for (const { written } of marks) written();
    } catch (error) {
      for (const { failed } of marks) failed(error);
    }
  }
}
