import type { MemoryBroker } from '../memory/memory-broker.ts';
import type { MemoryRegistry } from '../memory/memory-registry.ts';
import type { Ending, Marker } from '../memory/transaction-coordinator.ts';

type Fault = Exclude<ReturnType<Ending>, 'answered'>;

const HELD = 'markers are kept back';
const LATE = 'a marker comes late';

interface AskedEnding {
  readonly group: string;
  readonly fault: Fault;
  readonly what: string;
}

/**
 * What a cluster may do to those who work on it, when it is asked to. A fault is asked of a group that was deployed here, or an
 * error names those that were. One that strikes at once throws when there is nobody whom it could strike; one that strikes later is
 * `unstruck` until then.
 */
export class SpecFaults {
  private readonly broker: MemoryBroker;
  private readonly registry: MemoryRegistry;
  private readonly idsOf: (group: string) => readonly string[];
  private readonly endings: AskedEnding[] = [];
  /** What was asked of markers and of the registry, and has met none of their requests. */
  private readonly unmet = new Set<string>();
  private held: Marker[] = [];

  /** `idsOf`: the transactional ids of a group; throws when it was not deployed here. */
  constructor(broker: MemoryBroker, registry: MemoryRegistry, idsOf: (group: string) => readonly string[]) {
    this.broker = broker;
    this.registry = registry;
    this.idsOf = idsOf;
    broker.ending = (transactionalId) => this.endingOf(transactionalId);
  }

  /** What was asked for and has not happened, in words. */
  get unstruck(): readonly string[] {
    return [...this.endings.map(({ what }) => what), ...this.unmet];
  }

  /** Throws when something that was asked for has not happened: a spec would have passed without it. */
  verify(): void {
    const { unstruck } = this;
    if (unstruck.length > 0) throw new Error(`Asked for, and never happened: ${unstruck.join('; ')}`);
  }

  /** The next transaction of the group is aborted where it would have been committed. */
  abort(group: string): void {
    this.ask({ group, fault: 'aborted', what: `a transaction of ${group} is aborted` });
  }

  /**
   * Nobody hears what becomes of the next commit of the group: it has taken place, or has never arrived, and its transaction stays
   * open until the next fence.
   */
  unknownOutcome(group: string, committed: boolean): void {
    const what = `a commit of ${group} ${committed ? 'is not answered' : 'never arrives'}`;
    this.ask({ group, fault: committed ? 'unanswered' : 'lost', what });
  }

  /**
   * Somebody takes the place of the group's producers: what they have open is aborted, and they are locked out. Throws
   * CONCURRENT_TRANSACTIONS, and locks nobody out, while one of them has markers under way.
   */
  fence(group: string): void {
    const { transactions } = this.broker;
    const ids = this.idsOf(group).filter((id) => transactions.knows(id));
    if (ids.length === 0) throw new Error(`${group} has no producers yet: there is nobody to fence`);
    for (const id of ids) transactions.refuseBusy(id);
    for (const id of ids) transactions.fence(id);
  }

  /** The group has a new generation: what was read in the one before cannot be committed any more. */
  rebalance(group: string): void {
    this.idsOf(group);
    const coordinator = this.broker.group(group);
    if (coordinator.isEmpty) throw new Error(`${group} has no members: nobody would hear of a rebalance`);
    coordinator.rebalance();
  }

  /** From now on markers are kept back: transactions are complete, and nobody can see it. */
  holdMarkers(): void {
    const met = this.askOfMarkers(HELD);
    this.broker.delivery = (marker) => {
      met();
      this.held.push(marker);
    };
  }

  /** Markers that are kept back. */
  get markersHeld(): number {
    return this.held.length;
  }

  /** Markers that were kept back are written, and those to come. Throws when there were none. */
  releaseMarkers(): void {
    for (const { write } of this.takeHeld()) write();
  }

  /** Markers that were kept back never come: what they would have ended hangs (KAFKA-20734). Throws when there were none. */
  loseMarkers(): void {
    for (const { lose } of this.takeHeld()) lose();
  }

  /** From now on each marker comes after so many milliseconds, asked for each. */
  delayMarkers(ms: () => number): void {
    const met = this.askOfMarkers(LATE);
    this.broker.delivery = ({ write }) => {
      const late = ms();
      if (late > 0) met();
      this.broker.surroundings.clock.timer(late, write);
    };
  }

  /** The schema registry answers nothing, until it is told to be up again. */
  registryDown(error: Error | undefined): void {
    const what = `the registry does not answer: ${error?.message}`;
    if (error) this.unmet.add(what);
    this.registry.down = () => {
      this.unmet.delete(what);
      return error;
    };
  }

  private ask(ending: AskedEnding): void {
    this.idsOf(ending.group);
    this.endings.push(ending);
  }

  /** The last thing that was asked of markers is what counts. */
  private askOfMarkers(what: string): () => void {
    for (const before of [HELD, LATE]) this.unmet.delete(before);
    this.unmet.add(what);
    return () => void this.unmet.delete(what);
  }

  private takeHeld(): Marker[] {
    if (this.held.length === 0) throw new Error('No markers were kept back: wait until there are');
    this.broker.delivery = ({ write }) => void this.broker.surroundings.clock.timer(0, write);
    return this.held.splice(0);
  }

  private endingOf(transactionalId: string): ReturnType<Ending> {
    const found = this.endings.findIndex(({ group }) => this.idsOf(group).includes(transactionalId));
    return found < 0 ? 'answered' : (this.endings.splice(found, 1)[0]?.fault ?? 'answered');
  }
}
