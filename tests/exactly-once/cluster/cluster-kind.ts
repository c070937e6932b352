/** What a row's faults are injected into. */
export interface ClusterKind {
  /** Names the directory of its data; no two kinds share one. */
  readonly name: string;
  readonly brokers: 1 | 3;
  /** The controller is a process of its own: it goes on while the broker is paused. */
  readonly controllerApart?: boolean;
  /** Kafka's version; the platform's own unless given. */
  readonly kafka?: string;
  /** Features that its brokers are formatted with, by Kafka's names; the newest of each unless given. */
  readonly features?: Readonly<Record<string, string>>;
  /** Everything on it is of the release before, until a row changes that. */
  readonly previous?: boolean;
}

/** Replication 3, two replicas in sync. */
export const threeBrokers: ClusterKind = { name: 'cluster', brokers: 3 };

/**
 * Replication 1: while its broker is fenced, no partition has a leader. A broker that is its own controller is hardly ever fenced by a pause:
 * when both go on, its heartbeat mostly comes first.
 */
export const oneBroker: ClusterKind = { name: 'cluster-one-broker', brokers: 1, controllerApart: true };

/** A Kafka that skips the markers of partitions without a leader (KAFKA-20734). */
export const oneBrokerOf431: ClusterKind = {
  ...oneBroker,
  name: 'cluster-one-broker-4.3.1',
  kafka: '4.3.1',
};

/** Brokers without version 2 of transactions (KIP-890): partitions and groups are enrolled first, and an epoch lasts. */
export const threeBrokersOfVersion1: ClusterKind = {
  ...threeBrokers,
  name: 'cluster-transactions-1',
  features: { 'transaction.version': '1' },
};

export const threeBrokersOfTheReleaseBefore: ClusterKind = {
  ...threeBrokers,
  name: 'cluster-release-before',
  previous: true,
};
