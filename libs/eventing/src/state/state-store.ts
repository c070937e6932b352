import { rmSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { HaltError } from '../kafka/errors.ts';
import type { Aggregate, HandledCommand, StateOverlay, StateReads } from './state-overlay.ts';

/** What a stored state belongs to. When any of it differs, the store is emptied and rebuilt from the log. */
export interface StateIdentity {
  readonly clusterId: string;
  readonly topicId: string;
  readonly deciderVersion: number;
}

/** The stored position is not the one that this change follows: another process wrote, or a write was lost. */
export class StateConflict extends Error {
  override readonly name = 'StateConflict';
  readonly code = 'STATE_CONFLICT';
  readonly retryable = true;
}

interface Meta extends StateIdentity {
  readonly position: string;
}

/**
 * The state of one partition's aggregates in LMDB: a cache of the events partition up to `position`. Losing it
 * costs time, never data. Every write compares the position that it follows, and sets the next one, atomically.
 */
export class StateStore implements StateReads {
  private readonly env: RootDatabase;
  private readonly aggregates: Database<[number, unknown], string>;
  private readonly commands: Database<[number, string], string>;
  private readonly commandsByTime: Database<number, [number, string]>;
  private readonly meta: Database<Meta, string>;

  constructor(directory: string) {
    this.env = openOrReplace(directory);
    this.aggregates = this.env.openDB({ name: 'aggregates' });
    this.commands = this.env.openDB({ name: 'commands' });
    this.commandsByTime = this.env.openDB({ name: 'commands-by-time' });
    this.meta = this.env.openDB({ name: 'meta', encoding: 'json' });
  }

  /** The next offset of the events partition to be folded; 0 for an empty store. */
  get position(): bigint {
    return BigInt(this.meta.get('meta')?.position ?? 0);
  }

  /** Empties the store unless it belongs to exactly this. */
  claim(identity: StateIdentity): void {
    const { position: _, ...stored } = this.meta.get('meta') ?? { position: '0' };
    if (JSON.stringify(stored) !== JSON.stringify({ ...identity })) this.reset(identity);
  }

  reset(identity: StateIdentity): void {
    this.env.transactionSync(() => {
      for (const database of [this.aggregates, this.commands, this.commandsByTime, this.meta])
        database.clearSync();
      this.meta.put('meta', { ...identity, position: '0' });
    });
  }

  aggregate(key: string): Aggregate | undefined {
    const stored = readable(() => this.aggregates.get(key));
    return stored && { version: stored[0], state: stored[1] };
  }

  handled(commandId: string): HandledCommand | undefined {
    const stored = readable(() => this.commands.get(commandId));
    return stored && { time: stored[0], requestHash: stored[1] };
  }

  /** Applies the overlay and moves the position; throws StateConflict unless the store stands at `from`. */
  write(overlay: StateOverlay, from: bigint, to: bigint): void {
    this.env.transactionSync(() => {
      const meta = this.meta.get('meta');
      if (!meta || BigInt(meta.position) !== from) {
        throw new StateConflict(`The stored state is at ${meta?.position ?? 'nothing'}, not at ${from}`);
      }
      for (const [key, { version, state }] of overlay.aggregates) this.aggregates.put(key, [version, state]);
      for (const [id, { time, requestHash }] of overlay.commands) {
        this.commands.put(id, [time, requestHash]);
        this.commandsByTime.put([time, id], 0);
      }
      this.meta.put('meta', { ...meta, position: String(to) });
    });
  }

  /** Forgets commands that were handled before a moment, some at a time. */
  forgetBefore(time: number, limit = 500): void {
    const old = [...this.commandsByTime.getKeys({ end: [time, ''], limit })];
    if (old.length === 0) return;
    this.env.transactionSync(() => {
      for (const key of old) {
        this.commandsByTime.removeSync(key);
        this.commands.removeSync(key[1]);
      }
    });
  }

  async close(): Promise<void> {
    await this.env.close();
  }
}

/** State that cannot be read says nothing about the command: the partition stops, no command is given up. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new HaltError(`The stored state cannot be read: ${(cause as Error).message}`, cause);
  }
}

const DAMAGED = /MDB_(CORRUPTED|INVALID|VERSION_MISMATCH|PAGE_NOTFOUND)|not an LMDB file/;

/** A damaged environment is thrown away: it will be rebuilt. Anything else, a full disk say, is the operator's. */
function openOrReplace(path: string): RootDatabase {
  const options = { path, noSubdir: false, maxDbs: 8 };
  try {
    return open(options);
  } catch (error) {
    if (!DAMAGED.test((error as Error).message)) throw error;
    rmSync(path, { recursive: true, force: true });
    return open(options);
  }
}
