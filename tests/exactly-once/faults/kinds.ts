import type { Random } from '../../../tools/random.ts';

type Named<Kind> = readonly [name: string, kind: Kind];

/** What a fault may be, one after the other: nothing comes again before everything had its turn. */
export class Kinds<Kind> {
  private readonly all: readonly Named<Kind>[];
  private round: Named<Kind>[] = [];
  private readonly had = new Set<string>();

  /** Kinds that differ in nothing worth telling may share a name. */
  constructor(all: readonly Named<Kind>[]) {
    this.all = all;
  }

  /** The next one as they were given, or, with `random`, in an order that the seed decides. */
  next(random?: Random): Named<Kind> {
    if (this.round.length === 0) this.round = random ? random.some(this.all.length, this.all) : [...this.all];
    const next = this.round.shift() as Named<Kind>;
    this.had.add(next[0]);
    return next;
  }

  get size(): number {
    return this.all.length;
  }

  /** Names of what had no turn yet. */
  get left(): string[] {
    return [...new Set(this.all.map(([name]) => name))].filter((name) => !this.had.has(name));
  }
}
