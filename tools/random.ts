import { seeded } from '@atelier/eventing/time';

/** Random numbers that are the same for the same seed. */
export class Random {
  private readonly draw: () => number;

  constructor(seed: number) {
    this.draw = seeded(seed);
  }

  /** From 0 to 1, without 1. */
  next(): number {
    return this.draw();
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Some of these, each once. */
  some<T>(count: number, from: readonly T[]): T[] {
    const left = [...from];
    const chosen: T[] = [];
    while (chosen.length < count && left.length > 0) {
      chosen.push(...left.splice(this.between(0, left.length - 1), 1));
    }
    return chosen;
  }
}
