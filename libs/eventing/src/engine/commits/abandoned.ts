import { isMissingRight, LogError } from '../../log/errors.ts';
import { sleep } from '../../time/waiting.ts';
import type { Cluster } from '../ports/cluster.ts';

/** Milliseconds between two questions of an assignment that waits, whether it is for somebody who is gone. */
const LOOK_MS = 200;

/** Ends what processes of the service have left open that are gone, for as long as an assignment waits for it. */
export class AbandonedTransactions {
  private readonly cluster: Cluster;
  private readonly service: string;
  private readonly groups: readonly string[];
  private readonly signal: AbortSignal;
  private readonly report: (error: Error) => void;
  /** Codes of missing rights of which it was said. */
  private readonly missing = new Set<string>();
  private assignments = 0;
  private looking: Promise<unknown> | undefined;
  private lookingAgain: Promise<void> | undefined;

  /** `report`: told of rights that are missing, of each kind once. */
  constructor(
    cluster: Cluster,
    { service, groups }: { readonly service: string; readonly groups: readonly string[] },
    signal: AbortSignal,
    report: (error: Error) => void,
  ) {
    this.cluster = cluster;
    this.service = service;
    this.groups = groups;
    this.signal = signal;
    this.report = report;
  }

  async during<T>(assignment: () => Promise<T>): Promise<T> {
    this.assignments++;
    void this.end();
    this.lookingAgain ??= this.lookAgain();
    try {
      return await assignment();
    } finally {
      this.assignments--;
    }
  }

  /** Ends what a process of the version before has left open, which had an id for each of its partitions. */
  async expel(formerId: string): Promise<void> {
    try {
      await this.cluster.expel(formerId);
    } catch (error) {
      if (!isMissingRight(error as Error)) throw error;
      this.mention(error as Error);
    }
  }

  /** Whatever else fails is tried again, and passes, or is somebody else's to say. */
  private mention(error: Error): void {
    if (!(error instanceof LogError) || !isMissingRight(error) || this.missing.has(error.code)) return;
    this.missing.add(error.code);
    this.report(error);
  }

  /** One question at a time, whoever waits. */
  private end(): Promise<unknown> {
    this.looking ??= this.cluster
      .endAbandoned(this.service, this.groups)
      .catch((error: Error) => this.mention(error))
      .finally(() => (this.looking = undefined));
    return this.looking;
  }

  /** For all assignments that wait: one timer, however many they are. Who did not answer is asked again, as long as somebody does. */
  private async lookAgain(): Promise<void> {
    const { signal } = this;
    while (this.assignments > 0 && !signal.aborted) {
      await sleep(this.cluster.clock, LOOK_MS, signal).catch(() => undefined);
      if (this.assignments > 0 && !signal.aborted) await this.end();
    }
    this.lookingAgain = undefined;
  }
}
