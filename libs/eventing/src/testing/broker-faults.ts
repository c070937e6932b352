import type { Failpoint, FailpointName } from '../engine/failpoints.ts';
import { LogError } from '../log/errors.ts';
import type { MemoryBroker } from '../memory/memory-broker.ts';

/**
 * What can go wrong with a log, for groups on a broker in memory: each is asked for, and befalls whoever comes next. The groups
 * have to be run with its `failpoint`.
 */
export class BrokerFaults {
  private readonly broker: MemoryBroker;
  private next: FailpointName | undefined;

  constructor(broker: MemoryBroker) {
    this.broker = broker;
  }

  readonly failpoint: Failpoint = async (name) => {
    if (name !== this.next) return;
    this.next = undefined;
    throw new LogError('TIMEOUT', `The broker did not answer: ${name}`, { retryable: true });
  };

  /** The next transaction is given up before its end. */
  abort(): void {
    this.next = 'before-commit';
  }

  /** The next transaction is committed, and its producer never hears of it. */
  loseAnswer(): void {
    this.next = 'during-commit';
  }

  /** Somebody else takes over what the worker of this partition writes with. */
  fence(group: string, topic: string, partition: number): void {
    try {
      this.broker.transactions.fence(`${group}.${topic}.${partition}`);
    } catch {
      // Its last transaction is still ending: brokers refuse that, too.
    }
    this.broker.changed();
  }

  rebalance(group: string): void {
    this.broker.group(group).rebalance();
  }

  /** From now on markers come after so many milliseconds, drawn for each. */
  delayMarkers(ms: () => number): void {
    this.broker.delivery = ({ write }) => void this.broker.surroundings.clock.timer(ms(), write);
  }
}
