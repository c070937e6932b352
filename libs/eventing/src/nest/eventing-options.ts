import type { AnyDecider, Catalogue, Contract } from '../domain/index.ts';
import type { FailureReports } from '../failures/reporter.ts';
import type { Delays } from '../serde/record-builder.ts';
import type { RedriveOrders } from '../engine/groups/redrive-handler.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import type { Codec } from '../kafka/wire/compression.ts';

export interface ParkingOptions {
  /** Of one partition at most: then it waits, and says so. 10,000 unless given. */
  readonly maxKeys?: number;
  /** Milliseconds between two looks for marks that cannot be read; 30,000 unless given. */
  readonly lookEveryMs?: number;
}

export interface EventingOptions {
  /** The service's name: `ce_source` of what it publishes, and the owner of its groups. */
  readonly service: string;
  /** This process among its kind: `orders-1`. */
  readonly instance: string;
  /** The service's version, for the headers of dead letters; `unknown` unless given. */
  readonly version?: string;
  readonly kafka: {
    readonly brokers: readonly string[];
    /** How batches that the service writes are compressed; `none` unless given. All codecs are read. */
    readonly compression?: Codec;
  };
  readonly registryUrl: string;
  readonly contracts: readonly Contract[];
  readonly catalogue: Catalogue;
  readonly deciders?: readonly AnyDecider[];
  /** Directory for the state of deciders and effects; required with either. */
  readonly stateDir?: string;
  /** Postgres of the read models; required with projections. */
  readonly databaseUrl?: string;
  /** The schema of the library's tables there, which `migrateEventing` made; `eventing` unless given. */
  readonly databaseSchema?: string;
  /**
   * Of a service with a group of the kind `delay`: milliseconds by which commands are delayed, by their topic. No record on
   * its delay topic waits longer. Of a service with policies alone: what their delays are refused beyond.
   */
  readonly delays?: Delays;
  /** Events topics that EventTail follows. */
  readonly tail?: readonly string[];
  /**
   * Milliseconds that a decider, policy or projection may take for one batch; 60,000 unless given. Effects have
   * their own timeouts, delays wait as long as they must.
   */
  readonly handlerTimeoutMs?: number;
  /** Bytes of records that may wait for handlers, over all partitions of the process; 64 MiB unless given. */
  readonly bufferBytes?: number;
  /** How keys are parked behind dead letters. */
  readonly parking?: ParkingOptions;
  /** How dead letters are told to whoever keeps them; not at all unless given. */
  readonly reports?: FailureReports;
  /** In the one service that gives dead letters back: what its events ask for. Its group is a `redrive` group. */
  readonly redrives?: RedriveOrders;
  /** For fault tests and workshops: called at each failpoint. */
  readonly failpoint?: Failpoint;
}

export const EVENTING_OPTIONS = Symbol('atelier:eventing-options');
