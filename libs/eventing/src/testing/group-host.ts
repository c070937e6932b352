import type { Catalogue, Contract, GroupSpec } from '../domain/index.ts';
import type { Cluster } from '../engine/ports/cluster.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import type { MessageCodec } from '../serde/message-codec.ts';

/** What one process sees of a cluster. */
export interface HostProcess {
  readonly cluster: Cluster;
  /** The same failpoint, which is passed by nobody once the process was killed. */
  mortal(failpoint: Failpoint): Failpoint;
  /** Ends it in the middle of whatever it does. Throws where nobody can end only a part of this process. */
  kill(): void;
  /** Whatever still waits for an answer in a killed process hears that none will come. */
  bury(): void;
}

/** A group that runs, as far as its host has to know it. */
export interface RunningGroup {
  readonly spec: GroupSpec;
  /** Why a worker has stopped for good, if one has. */
  readonly stopped: () => string | undefined;
  /** What it does that its positions do not tell: records in its hands, and parked ones that are free to go. */
  readonly busy: () => string | undefined;
  /** What its workers wait for, if they do. */
  readonly waits: () => readonly string[];
  /** The next offset that the group will handle. */
  readonly position: (topic: string, partition: number) => Promise<bigint>;
}

/** Where groups of a spec run: a broker in memory, or one that is there. */
export interface GroupHost {
  readonly cluster: Cluster;
  readonly codec: MessageCodec;
  readonly contracts: readonly Contract[];
  /** The topics of the contracts, with this group, and with those that were deployed before. */
  catalogueWith(spec: GroupSpec): Catalogue;
  /** Makes the topics that are missing, and lets the group begin at the beginning where it has no position. */
  deploy(spec: GroupSpec): Promise<void>;
  process(): HostProcess;
  /** Waits for something that groups do. */
  run<T>(work: Promise<T>): Promise<T>;
  joined(group: RunningGroup): void;
  /** Nobody waits for this group any more. */
  left(group: RunningGroup): void;
  /** Everything of it has ended. Throws when it was the last one, and something that was asked for has not happened. */
  ended(group: RunningGroup): void;
}
