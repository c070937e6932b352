import type { Clock } from '../time/clock.ts';
import type { Outage, Outages } from './outage.ts';
import { Circuit, Waiter } from './circuit.ts';
import { classify, dependencyOf } from './classification.ts';

/**
 * The dependencies of a process that are down, each with a circuit (M. Nygard, "Release It!", 2007). Kafka has none:
 * a broker that is away concerns some partitions and not others, and each of them tries for itself.
 */
export class DependencyOutages implements Outages {
  private readonly clock: Clock;
  private readonly circuits = new Map<string, Circuit>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  met(error: Error, before?: Outage): Waiter | undefined {
    if (classify(error, 'fatal') !== 'unavailable') return undefined;
    const dependency = dependencyOf(error);
    if (dependency === 'Kafka') return undefined;
    const circuit = this.circuitOf(dependency);
    const known = before instanceof Waiter && before.circuit === circuit;
    const waiter = known ? before : new Waiter(circuit);
    circuit.failed(waiter, error.message);
    return waiter;
  }

  /** Why each dependency that is down counts as down, by its name. */
  get down(): ReadonlyMap<string, string> {
    const open = [...this.circuits].filter(([, circuit]) => circuit.open);
    return new Map(open.map(([name, { reason }]) => [name, reason]));
  }

  private circuitOf(dependency: string): Circuit {
    const circuit = this.circuits.get(dependency) ?? new Circuit(dependency, this.clock);
    this.circuits.set(dependency, circuit);
    return circuit;
  }
}
