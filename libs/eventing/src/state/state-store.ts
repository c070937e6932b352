import { rmSync } from 'node:fs';
import type { Database, RootDatabase } from 'lmdb';
import { EventingError, type EventingErrorOptions } from '../domain/index.ts';
import { HaltError } from '../log/errors.ts';
import { isDamage, openEnvironment } from './environment.ts';
import type { Aggregate, HandledCommand, StateOverlay, StateReads } from './state-overlay.ts';

/** What a stored state belongs to. When any of it differs, the store is emptied and rebuilt from the log. */
export interface StateIdentity {
  readonly clusterId: string;
  readonly topicId: string;
  readonly deciderVersion: number;
}

/** The stored position is not the one that this change follows: another process wrote, or a write was lost. */
export class StateConflict extends EventingError {
  constructor(message: string) {
    super('STATE_CONFLICT', message, { retryable: true });
  }
}

/** The stored state is damaged. Nothing is lost: it is rebuilt from the log. */
export class StateDamaged extends EventingError {
  /** The partition cannot be worked on until the state is rebuilt, but the record at hand is innocent. */
  readonly unavailable = true;

  constructor(message: string, options: Pick<EventingErrorOptions, 'cause'> = {}) {
    super('STATE_DAMAGED', message, { ...options, retryable: true });
  }
}

interface Meta extends StateIdentity {
  readonly position: string;
  readonly lastEvent?: string;
}

/** A step from one position of the events partition to another. */
export interface Step {
  readonly from: bigint;
  readonly to: bigint;
  /** Where the last event of the step stands, if it has any. */
  readonly lastEvent?: bigint;
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
  private readonly directory: string;
  private damage: unknown;

  constructor(directory: string) {
    this.directory = directory;
    const opened = openEnvironment(directory, (env) => ({
      aggregates: env.openDB<[number, unknown], string>({ name: 'aggregates' }),
      commands: env.openDB<[number, string], string>({ name: 'commands' }),
      commandsByTime: env.openDB<number, [number, string]>({ name: 'commands-by-time' }),
      meta: env.openDB<Meta, string>({ name: 'meta', encoding: 'json' }),
    }));
    this.env = opened.env;
    this.aggregates = opened.aggregates;
    this.commands = opened.commands;
    this.commandsByTime = opened.commandsByTime;
    this.meta = opened.meta;
  }

  /** The next offset of the events partition to be folded; 0 for an empty store. */
  get position(): bigint {
    return BigInt(this.reading(() => this.meta.get('meta'))?.position ?? 0);
  }

  /** Where the last event stands that was folded: the state is only as true as that event. Undefined for an empty store. */
  get lastEvent(): bigint | undefined {
    const stored = this.reading(() => this.meta.get('meta'))?.lastEvent;
    return stored === undefined ? undefined : BigInt(stored);
  }

  /** Something in it could not be read: it must be removed, and opened anew. */
  get damaged(): boolean {
    return this.damage !== undefined;
  }

  /** Empties the store unless it belongs to exactly this. */
  claim(identity: StateIdentity): void {
    const meta: Partial<Meta> = this.reading(() => this.meta.get('meta')) ?? {};
    const { position: _, lastEvent: __, ...stored } = meta;
    if (JSON.stringify(stored) !== JSON.stringify({ ...identity })) this.reset(identity);
  }

  reset(identity: StateIdentity): void {
    this.changing(() => {
      for (const database of [this.aggregates, this.commands, this.commandsByTime, this.meta])
        database.clearSync();
      this.meta.put('meta', { ...identity, position: '0' });
    });
  }

  aggregate(key: string): Aggregate | undefined {
    const stored = this.reading(() => this.aggregates.get(key));
    return stored && { version: stored[0], state: stored[1] };
  }

  handled(commandId: string): HandledCommand | undefined {
    const stored = this.reading(() => this.commands.get(commandId));
    return stored && { time: stored[0], requestHash: stored[1] };
  }

  /** Applies the overlay and moves the position; throws StateConflict unless the store stands at `from`. */
  write(overlay: StateOverlay, { from, to, lastEvent }: Step): void {
    this.changing(() => {
      const meta = this.meta.get('meta');
      if (!meta || BigInt(meta.position) !== from) {
        throw new StateConflict(`The stored state is at ${meta?.position ?? 'nothing'}, not at ${from}`);
      }
      for (const [key, { version, state }] of overlay.aggregates) this.aggregates.put(key, [version, state]);
      for (const [id, { time, requestHash }] of overlay.commands) {
        this.commands.put(id, [time, requestHash]);
        this.commandsByTime.put([time, id], 0);
      }
      const last = lastEvent === undefined ? {} : { lastEvent: String(lastEvent) };
      this.meta.put('meta', { ...meta, ...last, position: String(to) });
    });
  }

  /** Forgets commands that were handled before a moment, some at a time. */
  forgetBefore(time: number, limit = 500): void {
    const old = this.reading(() => [...this.commandsByTime.getKeys({ end: [time, ''], limit })]);
    if (old.length === 0) return;
    this.changing(() => {
      for (const key of old) {
        this.commandsByTime.removeSync(key);
        this.commands.removeSync(key[1]);
      }
    });
  }

  async close(): Promise<void> {
    await this.env.close();
  }

  /** Closes it, and removes what is on the disk. */
  async remove(): Promise<void> {
    await this.env.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private changing(change: () => void): void {
    this.reading(() => this.env.transactionSync(change));
  }

  /** State that cannot be read says nothing about the command: the partition stops, no command is given up. */
  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof StateConflict) throw cause;
      const { message } = cause as Error;
      if (!isDamage(cause)) throw new HaltError(`The stored state cannot be used: ${message}`, cause);
      this.damage = cause;
      throw new StateDamaged(`The stored state is damaged, and will be rebuilt: ${message}`, { cause });
    }
  }
}
