import { contracts, type OrderSubmitted, reports } from '@atelier/contracts';
import { originalOf, readFailure } from '@atelier/eventing/failures';
import { type AnyDecider, evolve, type Message, type Received, redriveTopic } from '@atelier/eventing/domain';
import type { ConsumedRecord } from '@atelier/eventing/log';
import { partitionOf } from '@atelier/eventing/serde';
import { type GroupUnderTest, runGroup, SpecBroker } from '@atelier/eventing/testing';
import { ReserveStockPolicy } from '../../apps/inventory/src/reserve-stock.policy.ts';
import { stock } from '../../apps/inventory/src/stock.decider.ts';
import { orderPlacedAs } from '../../apps/orders/src/placed-as.ts';
import { RecordReservationPolicy } from '../../apps/orders/src/record-reservation.policy.ts';
import { writeAsLibrary } from '../../libs/eventing/fixtures/log-reading.ts';
import { redriveCopy } from '../../libs/eventing/src/failures/copies.ts';

const PARTITIONS = 6;

/** The policy of the platform, which fails as it is told. */
class FailingReserveStockPolicy extends ReserveStockPolicy {
  fails: (event: Received) => boolean = () => false;

  override reserve(event: Received<OrderSubmitted>) {
    if (this.fails(event)) throw new Error(`${event.type} of ${event.metadata.subject} cannot be handled`);
    return super.reserve(event);
  }
}

/** The journey of orders that begin with a former type of event, as while it is rolled out: the platform's deciders and policies of two services, on a broker in memory. */
export class OrderFlow {
  readonly policy = new FailingReserveStockPolicy();
  readonly broker = new SpecBroker(contracts, PARTITIONS);
  private readonly running = new Map<object, GroupUnderTest>();

  async start(): Promise<void> {
    for (const handler of [orderPlacedAs('OrderPlaced'), stock, this.policy, new RecordReservationPolicy()])
      await this.run(handler);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((group) => group.stop()));
  }

  /** As if its service was started again. */
  async restartPolicy(): Promise<void> {
    await this.running.get(this.policy)?.stop();
    await this.run(this.policy);
  }

  /** Resolves when all that follows is done. */
  async tell(command: Message, id: string): Promise<void> {
    await this.broker.publish(command, { id, time: Date.now() });
    await this.broker.idle();
  }

  partitionOf(key: string): number {
    return partitionOf(key, PARTITIONS);
  }

  /** Gives a dead letter back to its group, as the redriver does. */
  async redrive(letter: ConsumedRecord): Promise<void> {
    const failure = readFailure(letter.headers);
    if (!failure) throw new Error('This record is no dead letter');
    const original = originalOf(letter);
    const topic = redriveTopic(failure.group, original.topic);
    await writeAsLibrary(this.broker.cluster, [redriveCopy(original, failure, { topic, since: Date.now() })]);
    await this.broker.idle();
  }

  /** The states that the events of a decider lead to, by the ids of its aggregates. */
  states<State>(rules: AnyDecider): Map<string, State> {
    const states = new Map<string, unknown>();
    for (const event of this.broker.messages(rules.events.topic)) {
      const { subject } = event.metadata;
      states.set(subject, evolve(rules, states.get(subject) ?? rules.initial, event));
    }
    return states as Map<string, State>;
  }

  private async run(handler: object): Promise<void> {
    this.running.set(handler, await runGroup(handler, { broker: this.broker, options: { reports } }));
  }
}
