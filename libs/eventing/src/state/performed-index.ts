import type { Database, RootDatabase } from 'lmdb';
import { HaltError } from '../log/errors.ts';
import { openEnvironment } from './environment.ts';

/**
 * Ids of events whose effect was performed, on this machine's disk: a second delivery of an event, after a crash
 * between the effect and its commit or because it stands in the log twice, performs nothing. Marked after the
 * effect, never before. Bounded by time.
 */
export class PerformedIndex {
  private readonly env: RootDatabase;
  private readonly ids: Database<number, string>;
  private readonly byTime: Database<number, [number, string]>;
  private readonly rememberMs: number;

  constructor(directory: string, rememberMs: number) {
    const opened = openEnvironment(directory, (env) => ({
      ids: env.openDB<number, string>({ name: 'ids' }),
      byTime: env.openDB<number, [number, string]>({ name: 'by-time' }),
    }));
    this.env = opened.env;
    this.ids = opened.ids;
    this.byTime = opened.byTime;
    this.rememberMs = rememberMs;
  }

  has(id: string): boolean {
    return usable(() => this.ids.doesExist(id));
  }

  /** In one write, however many they are. `time`: milliseconds since 1970-01-01 UTC at which they were performed. */
  add(ids: readonly string[], time: number): void {
    usable(() => this.env.transactionSync(() => ids.forEach((id) => this.mark(id, time))));
  }

  private mark(id: string, time: number): void {
    this.ids.put(id, time);
    this.byTime.put([time, id], 0);
    for (const old of this.byTime.getKeys({ end: [time - this.rememberMs, ''], limit: 10 })) {
      this.byTime.removeSync(old);
      this.ids.removeSync(old[1]);
    }
  }

  async close(): Promise<void> {
    await this.env.close();
  }
}

/** An index that cannot be used says nothing about the event: the partition stops, nothing is performed or given up. */
function usable<T>(use: () => T): T {
  try {
    return use();
  } catch (cause) {
    throw new HaltError(`The index of performed events cannot be used: ${(cause as Error).message}`, cause);
  }
}
