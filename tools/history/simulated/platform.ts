import { commandId, contracts } from '@atelier/contracts';
import type { AnyDecider, Message, Metadata } from '@atelier/eventing/domain';
import {
  type Declaration,
  type GroupUnderTest,
  runGroup,
  simulation,
  SpecBroker,
} from '@atelier/eventing/testing';
import { IgnoredRecords } from '../../../libs/eventing/src/ignored/ignored-records.ts';
import type { Topics } from '../from-log.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const PARTITIONS = 2;

/** Some groups of the platform, on a cluster in memory and in simulated time. */
export class SimulatedPlatform {
  private readonly broker: SpecBroker;
  private readonly groups = new Set<GroupUnderTest>();
  /** Commands so far, by the aggregate that they are for: ids stay what they are when other aggregates come to be. */
  private readonly told = new Map<string, number>();

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

  async start(...declarations: readonly Declaration[]): Promise<void> {
    for (const declaration of declarations)
      this.groups.add(await runGroup(declaration, { broker: this.broker }));
  }

  /** Those of these names, or all. */
  async stop(...names: readonly string[]): Promise<void> {
    const stopping = [...this.groups].filter(({ group }) => names.length === 0 || names.includes(group));
    for (const group of stopping) {
      this.groups.delete(group);
      await group.stop();
    }
  }

  /** Begins on the minute, so that what is long or short says nothing of the times of what follows. */
  async scenario(play: () => Promise<void>): Promise<void> {
    await this.pass(MINUTE_MS - (this.now % MINUTE_MS));
    await play();
  }

  /** Publishes a command, which is handled when others wait for that; answers its id. */
  async tell(command: Message, metadata: Partial<Metadata> = {}): Promise<string> {
    const id = metadata.id ?? this.nextId(command);
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

  private nextId({ type, data }: Message): string {
    const { key } = this.broker.codec.typeOf(type);
    const aggregate = String((data as Readonly<Record<string, unknown>>)[key]);
    const count = (this.told.get(aggregate) ?? 0) + 1;
    this.told.set(aggregate, count);
    return commandId('history', `${aggregate} ${count}`);
  }
}

/** A platform that has come to its end, and the deciders that were at work there. */
export interface Played {
  readonly platform: SimulatedPlatform;
  readonly deciders: readonly AnyDecider[];
}
