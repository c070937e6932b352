import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, topicOf } from '../domain/index.ts';
import { Outbox } from '../handlers/outbox.ts';
import { open } from '../handlers/inbox.ts';
import { kafkaError } from '../kafka/errors.ts';
import { isNotWritten, LogAppender } from '../kafka/log-appender.ts';
import { LogTail } from '../kafka/log-tail.ts';
import { committedOffset, stableEnd } from '../kafka/positions.ts';
import type { ConsumedRecord } from '../kafka/record.ts';
import { partitionOf } from '../serde/partitioner.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import {
  CommandPublisher,
  EventTail,
  type LoggedEvent,
  type LogPosition,
  LogPositions,
  PublishError,
  type PublishOptions,
} from './ports.ts';

const PUBLISH_TIMEOUT_MS = 4_500;

@Injectable()
export class KafkaCommandPublisher extends CommandPublisher {
  private readonly engine: Engine;
  private readonly outbox: Outbox;
  private readonly appender: LogAppender;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.engine = engine;
    this.outbox = new Outbox(engine.codec, options.catalogue, options.service);
    this.appender = new LogAppender(engine.client.sibling('commands'));
  }

  override async publish(command: Message, options: PublishOptions): Promise<LogPosition> {
    await this.within(this.engine.ready(), 'refused');
    const { id, correlationId = id, requestHash, traceparent } = options;
    const record = this.outbox.record(command, {
      id,
      time: Date.now(),
      correlationId,
      ...(requestHash !== undefined && { requestHash }),
      ...(traceparent !== undefined && { traceparent }),
    });
    const offset = await this.within(this.appender.append(record), 'unknown');
    return { topic: record.topic, partition: record.partition, offset };
  }

  private async within<T>(work: Promise<T>, otherwise: 'unknown' | 'refused'): Promise<T> {
    const timer = new AbortController();
    const late = sleep(PUBLISH_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
      throw new PublishError(`No answer within ${PUBLISH_TIMEOUT_MS} ms`, otherwise, { retryable: true });
    });
    try {
      return await Promise.race([work, late]);
    } catch (cause) {
      throw cause instanceof PublishError ? cause : publishError(cause);
    } finally {
      timer.abort();
      late.catch(() => undefined);
    }
  }
}

function publishError(cause: unknown): PublishError {
  const error = kafkaError(cause);
  const outcome = isNotWritten(error) || !error.retryable ? 'refused' : 'unknown';
  return new PublishError(`The command was not acknowledged: ${error.message}`, outcome, {
    retryable: error.retryable,
    cause,
  });
}

@Injectable()
export class KafkaEventTail extends EventTail implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly options: EventingOptions;
  private readonly engine: Engine;
  private readonly listeners = new Set<(event: LoggedEvent) => void>();
  private readonly tail: LogTail;
  private readonly logger = new Logger('EventTail');
  private stopped = false;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.options = options;
    this.engine = engine;
    this.tail = new LogTail(engine.client.sibling('tail'));
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
    while (!this.stopped) {
      try {
        return await this.tail.start(topics, (records) => this.deliver(records));
      } catch (error) {
        this.logger.warn(`The events cannot be followed yet: ${(error as Error).message}`);
        await sleep(1_000);
      }
    }
  }

  private async deliver(records: readonly ConsumedRecord[]): Promise<void> {
    for (const opened of await this.opened(records)) {
      if ('error' in opened) continue;
      const { topic, partition, offset } = opened.record;
      for (const listener of this.listeners) listener({ topic, partition, offset, event: opened.message });
    }
  }

  private async opened(records: readonly ConsumedRecord[]) {
    for (;;) {
      try {
        return await open(this.engine.codec, records, () => true);
      } catch (error) {
        this.logger.warn(`Events wait for the registry: ${(error as Error).message}`);
        await sleep(500);
        if (this.stopped) return [];
      }
    }
  }
}

@Injectable()
export class KafkaLogPositions extends LogPositions {
  private readonly options: EventingOptions;
  private readonly engine: Engine;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.options = options;
    this.engine = engine;
  }

  override end(topic: string, partition: number): Promise<bigint> {
    return stableEnd(this.engine.client, topic, partition);
  }

  override committed(group: string, topic: string, partition: number): Promise<bigint> {
    return committedOffset(this.engine.client, group, topic, partition);
  }

  override partitionOf(topic: string, key: string): number {
    return partitionOf(key, topicOf(this.options.catalogue, topic).partitions);
  }
}
