import type { KafkaClient } from '@atelier/eventing/kafka';
import type { Random } from '../../../tools/random.ts';
import type { Violation } from '../../harness/checks/violation.ts';
import type { History } from '../../harness/load/history.ts';
import type { Ledger } from '../../harness/load/ledger.ts';
import type { OrderLoad } from '../../harness/load/order-load.ts';
import type { Poison } from '../../harness/load/poison.ts';
import type { DomainEvent } from '../../harness/log/events.ts';
import type { ClusterKind } from '../cluster/cluster-kind.ts';
import type { FaultCluster } from '../cluster/fault-cluster.ts';
import type { BrokenTimes } from './broken-times.ts';
import type { Kinds } from './kinds.ts';

/** What a fault may reach for. */
export interface Bench {
  readonly cluster: FaultCluster;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly history: History;
  /** Every event that is committed so far, as the independent reader has it, within a fraction of a second. */
  readonly events: readonly DomainEvent[];
  /** To find out who leads and coordinates what; its connections go past the relays. */
  readonly brokers: KafkaClient;
  readonly poison: Poison;
  readonly broken: BrokenTimes;
  /** The clients. Who stops them lets them go on again. */
  readonly load: Pick<OrderLoad, 'pause' | 'resume'>;
}

/** Something that goes wrong in production, done for real. */
export interface Fault {
  /** As in the table of docs/guarantees.md. */
  readonly number: number;
  readonly name: string;
  /** How often it is injected in a whole run. */
  readonly times: number;
  /** What it needs; three brokers of the platform's own Kafka unless given. */
  readonly cluster?: ClusterKind;
  /**
   * Where given, every transaction is followed during the row, and compared with what its coordinator decided: none may hang, or
   * some must have, because the row shows nothing otherwise.
   */
  readonly hanging?: 'none' | 'some';
  /** What it may be, where it may be several things: a share of its times may leave some of them out. */
  readonly kinds?: Kinds<unknown>;
  /**
   * Breaks something and repairs it; answers how often something broke. Throws when it could not be broken. Faults that
   * leave nobody who could settle orders say so to `broken`; all others are expected to leave somebody.
   */
  once(bench: Bench): Promise<number>;
  /** After the last time: repairs what outlasts it. */
  end?(bench: Bench): Promise<void>;
  /** What its times came to; asked once, after the last. */
  findings?(): Findings;
}

/** What a fault has measured of itself. */
export interface Findings {
  /** Sentences for people, below the table. */
  readonly figures: readonly string[];
  /** What is not as it was promised. */
  readonly violations: readonly Violation[];
}

/** What could not be injected, or did not heal, after so many times. */
export class InjectionFailed extends Error {
  override readonly name = 'InjectionFailed';
  readonly times: number;

  constructor(message: string, times: number) {
    super(message);
    this.times = times;
  }
}
