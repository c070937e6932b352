import { commandId, contracts } from '@atelier/contracts';
import { delayTopic, type Message, type Metadata } from '@atelier/eventing/domain';
import {
  type Declaration,
  type GroupUnderTest,
  runGroup,
  simulation,
  SpecBroker,
} from '@atelier/eventing/testing';
import { FollowCanaryPolicy } from '../../../apps/dead-letters/src/follow-canary.policy.ts';
import {
  BETWEEN_PORTIONS_MS,
  RunRedriveJobPolicy,
} from '../../../apps/dead-letters/src/run-redrive-job.policy.ts';
import { ReserveStockPolicy } from '../../../apps/inventory/src/reserve-stock.policy.ts';
import { ExpireOrderPolicy } from '../../../apps/orders/src/expire-order.policy.ts';
import { orderPlacedAs, type PlacedAs } from '../../../apps/orders/src/placed-as.ts';
import { RecordReservationPolicy } from '../../../apps/orders/src/record-reservation.policy.ts';
import { IgnoredRecords } from '../../../libs/eventing/src/ignored/ignored-records.ts';
import { deciders } from '../deciders.ts';
import type { Topics } from '../from-log.ts';

export const EXPIRY_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
const PARTITIONS = 2;

/** The platform's deciders, and the policies between them, on a cluster in memory and in simulated time. */
export class SimulatedPlatform {
  private readonly broker: SpecBroker;
  private readonly groups: GroupUnderTest[] = [];
  private reserving: GroupUnderTest | undefined;
  private told = 0;

  constructor(seed: number) {
    this.broker = new SpecBroker(contracts, PARTITIONS, simulation(seed));
  }

  get now(): number {
    return this.broker.cluster.clock.now();
  }

  get topics(): Topics {
    return {
      log: this.broker.cluster.log,
      codec: this.broker.codec,
      ignored: new IgnoredRecords(undefined, () => undefined),
      rememberMs: WEEK_MS,
      signal: new AbortController().signal,
    };
  }

  /** Waits for what is read of the topics. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.broker.run(work);
  }

  /** `placedAs`: the type of event that an order begins with. */
  async start(placedAs: PlacedAs): Promise<void> {
    const order = orderPlacedAs(placedAs);
    const others = deciders.filter(({ group }) => group !== order.group);
    const policies = [
      new RecordReservationPolicy(),
      new ExpireOrderPolicy({ expiryMs: EXPIRY_MS }),
      new RunRedriveJobPolicy(),
      new FollowCanaryPolicy(),
    ];
    const delays = [
      delaying('orders.delay', 'orders.commands', EXPIRY_MS),
      delaying('dead-letters.delay', 'redrive-jobs.commands', BETWEEN_PORTIONS_MS),
    ];
    for (const each of [order, ...others, ...policies, ...delays]) this.groups.push(await this.group(each));
    await this.reserve();
  }

  async stop(): Promise<void> {
    await this.reserveNothing();
    for (const group of this.groups.splice(0)) await group.stop();
  }

  /** From now on lines are reserved, or not: an order that was placed stays pending. */
  async reserve(): Promise<void> {
    this.reserving ??= await this.group(new ReserveStockPolicy());
  }

  async reserveNothing(): Promise<void> {
    await this.reserving?.stop();
    this.reserving = undefined;
  }

  /** Publishes a command, which is handled when others wait for that; answers its id. */
  async tell(command: Message, metadata: Partial<Metadata> = {}): Promise<string> {
    const id = metadata.id ?? commandId('history', String(++this.told));
    await this.broker.publish(command, { id, time: this.now, ...metadata });
    return id;
  }

  /** One command after the other, and all that follows. */
  async tellAll(...commands: readonly Message[]): Promise<void> {
    for (const command of commands) await this.tell(command);
    await this.settle();
  }

  /** The same id twice for the same request, and once for another. */
  async tellAgain(command: Message): Promise<void> {
    const id = await this.tell(command, { requestHash: 'first' });
    await this.settle();
    await this.tell(command, { id, requestHash: 'first' });
    await this.tell(command, { id, requestHash: 'another' });
    await this.settle();
  }

  settle(): Promise<void> {
    return this.broker.idle();
  }

  pass(ms: number): Promise<void> {
    return this.broker.pass(ms);
  }

  private group(declaration: Declaration): Promise<GroupUnderTest> {
    return runGroup(declaration, { broker: this.broker });
  }
}

const delaying = (group: string, topic: string, delayMs: number): Declaration => ({
  group,
  kind: 'delay',
  topics: [delayTopic(topic)],
  delays: { [topic]: delayMs },
});
