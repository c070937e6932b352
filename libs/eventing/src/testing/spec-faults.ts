import type { MemoryBroker } from '../memory/memory-broker.ts';
import type { MemoryRegistry } from '../memory/memory-registry.ts';
import type { Ending, Marker } from '../memory/transaction-coordinator.ts';

type Fault = Exclude<ReturnType<Ending>, 'answered'>;

/** What a cluster may do to those who work on it, when it is asked to. */
export class SpecFaults {
  private readonly broker: MemoryBroker;
  private readonly registry: MemoryRegistry;
  private readonly idsOf: (group: string) => readonly string[];
  private readonly asked: { readonly group: string; readonly fault: Fault }[] = [];
  private held: Marker[] = [];

  /** `idsOf`: the transactional ids of a group. */
  constructor(broker: MemoryBroker, registry: MemoryRegistry, idsOf: (group: string) => readonly string[]) {
    this.broker = broker;
    this.registry = registry;
    this.idsOf = idsOf;
    broker.ending = (transactionalId) => this.endingOf(transactionalId);
  }

  /** The next transaction of the group is aborted where it would have been committed. */
  abort(group: string): void {
    this.asked.push({ group, fault: 'aborted' });
  }

  /**
   * Nobody hears what becomes of the next commit of the group: it has taken place, or has never arrived, and its transaction stays
   * open until the next fence.
   */
  unknownOutcome(group: string, committed: boolean): void {
    this.asked.push({ group, fault: committed ? 'unanswered' : 'lost' });
  }

  /**
   * Somebody takes the place of the group's producers: what they have open is aborted, and they are locked out. Throws
   * CONCURRENT_TRANSACTIONS while one of them has markers under way.
   */
  fence(group: string): void {
    for (const id of this.idsOf(group)) this.broker.transactions.fence(id);
    this.broker.changed();
  }

  /** The group has a new generation: what was read in the one before cannot be committed any more. */
  rebalance(group: string): void {
    this.broker.group(group).rebalance();
  }

  /** From now on markers are kept back: transactions are complete, and nobody can see it. */
  holdMarkers(): void {
    this.broker.delivery = (marker) => void this.held.push(marker);
  }

  /** Markers that are kept back. */
  get markersHeld(): number {
    return this.held.length;
  }

  /** Markers that were kept back are written, and those to come. */
  releaseMarkers(): void {
    this.delayMarkers(() => 0);
    for (const { write } of this.held.splice(0)) write();
  }

  /** Markers that were kept back never come: what they would have ended hangs (KAFKA-20734). */
  loseMarkers(): void {
    for (const { lose } of this.held.splice(0)) lose();
    this.delayMarkers(() => 0);
  }

  /** From now on each marker comes after so many milliseconds, asked for each. */
  delayMarkers(ms: () => number): void {
    this.broker.delivery = ({ write }) => void this.broker.surroundings.clock.timer(ms(), write);
  }

  /** The schema registry answers nothing, until it is told to be up again. */
  registryDown(error: Error | undefined): void {
    this.registry.down = error;
  }

  private endingOf(transactionalId: string): ReturnType<Ending> {
    const found = this.asked.findIndex(({ group }) => this.idsOf(group).includes(transactionalId));
    return found < 0 ? 'answered' : (this.asked.splice(found, 1)[0]?.fault ?? 'answered');
  }
}
