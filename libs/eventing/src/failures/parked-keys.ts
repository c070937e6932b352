import { EventingError } from '../domain/index.ts';

/** One key whose records wait behind one that failed. */
export interface ParkedKey {
  /** The failure that it waits for. */
  readonly failureId: string;
  /** The offset, in the source, of the first record that is not handled; those of this key before it are. */
  readonly since: bigint;
  /** The failure is over: its records are free to go, in their order. */
  readonly released: boolean;
  /** Offsets of the records that wait, as far as the group has come. */
  readonly waiting: readonly bigint[];
}

/** What is durable of a parked key. What waits follows from the source itself. */
export type ParkedMark = Pick<ParkedKey, 'failureId' | 'since' | 'released'>;

/** More keys have failed than may be parked. The partition waits until some of them are redriven or discarded. */
export class TooManyParked extends EventingError {
  constructor(group: string, limit: number) {
    super(
      'TOO_MANY_PARKED',
      `${group} has parked ${limit} keys of this partition: redrive or discard their dead letters, then it goes on`,
      { retryable: true, fields: { group, limit } },
    );
  }
}

/**
 * The parked keys of one partition. Records that are parked stay where they are, in the source; remembered are the
 * keys, and where each has stopped.
 */
export class ParkedKeys {
  readonly group: string;
  readonly limit: number;
  private keys = new Map<string, ParkedKey>();

  constructor(group: string, limit: number) {
    this.group = group;
    this.limit = limit;
  }

  get size(): number {
    return this.keys.size;
  }

  of(key: string): ParkedKey | undefined {
    return this.keys.get(key);
  }

  /** A key that is free to go. Nothing may be left of it, when the handler's types have changed: see `forget`. */
  get next(): string | undefined {
    for (const [key, { released }] of this.keys) if (released) return key;
    return undefined;
  }

  /** The offset of the first record of all that waits, or undefined when nothing is parked. */
  get since(): bigint | undefined {
    let first: bigint | undefined;
    for (const { since } of this.keys.values()) if (first === undefined || since < first) first = since;
    return first;
  }

  /** Changes that are apart until they are committed. */
  begin(): ParkedChanges {
    return new ParkedChanges(this);
  }

  set(key: string, parked: ParkedKey | undefined): void {
    if (parked) this.keys.set(key, parked);
    else this.keys.delete(key);
  }

  /** Starts over from what is durable. */
  reset(marks: Iterable<readonly [key: string, mark: ParkedMark]>): void {
    this.keys = new Map([...marks].map(([key, mark]) => [key, { ...mark, waiting: [] }]));
  }
}

/** What one batch changes about the parked keys; nothing, unless it is committed. */
export class ParkedChanges {
  private readonly keys: ParkedKeys;
  private readonly changed = new Map<string, ParkedKey | undefined>();

  constructor(keys: ParkedKeys) {
    this.keys = keys;
  }

  of(key: string): ParkedKey | undefined {
    return this.changed.has(key) ? this.changed.get(key) : this.keys.of(key);
  }

  /** A record failed: later ones of its key wait. Throws TooManyParked. */
  block(key: string, mark: ParkedMark): void {
    const known = this.of(key);
    const { group, limit } = this.keys;
    if (!known && this.size >= limit) throw new TooManyParked(group, limit);
    const waiting = (known?.waiting ?? []).filter((offset) => offset >= mark.since);
    this.changed.set(key, { ...mark, waiting });
  }

  /** A record of a parked key has come: it waits, unless it was dealt with before and has come again. */
  park(key: string, offset: bigint): void {
    const known = this.of(key);
    if (!known || offset < known.since) return;
    if (this.changed.has(key)) (known.waiting as bigint[]).push(offset);
    else this.changed.set(key, { ...known, waiting: [...known.waiting, offset] });
  }

  /** This failure is over. What waits for it is free to go; a key that nothing waits for is forgotten. */
  release(key: string, failureId: string): void {
    const known = this.of(key);
    if (known?.failureId !== failureId) return;
    const waits = known.waiting.length > 0;
    this.changed.set(key, waits ? { ...known, released: true, waiting: [...known.waiting] } : undefined);
  }

  /** Nothing waits any more. */
  forget(key: string): void {
    this.changed.set(key, undefined);
  }

  /** What waits was handled up to here. */
  advance(key: string, offset: bigint): void {
    const known = this.of(key);
    if (!known) return;
    const waiting = known.waiting.filter((each) => each > offset);
    this.changed.set(key, waiting.length > 0 ? { ...known, since: offset + 1n, waiting } : undefined);
  }

  /** The marks that are changed, and what they were before; undefined for a key that is not parked. */
  *marks(): Generator<readonly [key: string, mark: ParkedMark | undefined, before: ParkedMark | undefined]> {
    for (const [key, now] of this.changed) {
      const before = this.keys.of(key);
      const same =
        before?.since === now?.since &&
        before?.failureId === now?.failureId &&
        before?.released === now?.released;
      if (!same) yield [key, now, before];
    }
  }

  commit(): void {
    for (const [key, now] of this.changed) this.keys.set(key, now);
  }

  private get size(): number {
    let { size } = this.keys;
    for (const [key, now] of this.changed)
      size += Number(now !== undefined) - Number(this.keys.of(key) !== undefined);
    return size;
  }
}
