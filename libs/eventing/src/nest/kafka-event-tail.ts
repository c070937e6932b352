import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { declaredPartitions, loggedFields } from '../domain/index.ts';
import { open } from '../serde/received-records.ts';
import { LogTail } from '../engine/log-tail.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';
import type { ConsumedRecord } from '../log/record.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { EngineHealth } from './health.ts';
import { OpenTransactionWatch } from './open-transaction-watch.ts';
import { EventTail, type LoggedEvent, type LogPosition } from './ports.ts';

@Injectable()
export class KafkaEventTail extends EventTail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly options: EventingOptions;
  private readonly engine: Engine;
  private readonly listeners = new Set<(event: LoggedEvent) => void>();
  private readonly tail: LogTail;
  private readonly logger = new Logger('EventTail');
  private stopped = false;

  constructor(
    @Inject(EVENTING_OPTIONS) options: EventingOptions,
    engine: Engine,
    health: EngineHealth,
    watch: OpenTransactionWatch,
  ) {
    super();
    this.options = options;
    this.engine = engine;
    this.tail = new LogTail(new KafkaCluster(engine.client.sibling('tail')));
    if (!options.tail?.length) return;
    const heldBack = () => this.tail.heldBack;
    health.watchTail({ silentMs: () => this.tail.silentMs, trouble: () => this.tail.trouble, heldBack });
    watch.watch(engine.client, heldBack);
  }

  onApplicationBootstrap(): void {
    if (this.options.tail?.length) void this.start(this.options.tail);
  }

  override subscribe(listener: (event: LoggedEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  override positions(): LogPosition[] {
    return this.tail.positions();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.tail.stop();
  }

  private async start(topics: readonly string[]): Promise<void> {
    const partitions = (topic: string) => declaredPartitions(this.options.catalogue, topic);
    while (!this.stopped) {
      try {
        return await this.tail.start(topics, (records) => this.deliver(records), partitions);
      } catch (error) {
        this.logger.warn(
          `The events cannot be followed yet: ${(error as Error).message}`,
          ...loggedFields(error),
        );
        await sleep(1_000);
      }
    }
  }

  private async deliver(records: readonly ConsumedRecord[]): Promise<void> {
    for (const opened of await this.opened(records)) {
      const broken = opened.record.broken?.error;
      if (broken) this.logger.warn(`Not followed: ${broken.message}`, ...loggedFields(broken));
      if ('error' in opened) continue;
      const { topic, partition, offset } = opened.record;
      for (const event of opened.messages)
        for (const listener of this.listeners) listener({ topic, partition, offset, event });
    }
  }

  private async opened(records: readonly ConsumedRecord[]) {
    for (;;) {
      try {
        return await open(this.engine.codec, records, () => true);
      } catch (error) {
        this.logger.warn(`Events wait for the registry: ${(error as Error).message}`, ...loggedFields(error));
        await sleep(500);
        if (this.stopped) return [];
      }
    }
  }
}
