import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Message } from '../domain/index.ts';
import { RecordBuilder } from '../serde/record-builder.ts';
import { kafkaError } from '../kafka/client/errors.ts';
import type { Failpoint } from '../engine/failpoints.ts';
import { isNotWritten, LogAppender } from '../kafka/producing/log-appender.ts';
import { Engine } from './engine.ts';
import { EVENTING_OPTIONS, type EventingOptions } from './eventing-options.ts';
import { CommandPublisher, type LogPosition, PublishError, type PublishOptions } from './ports.ts';

const PUBLISH_TIMEOUT_MS = 4_500;

@Injectable()
export class KafkaCommandPublisher extends CommandPublisher {
  private readonly engine: Engine;
  private readonly builder: RecordBuilder;
  private readonly appender: LogAppender;
  private readonly failpoint: Failpoint;

  constructor(@Inject(EVENTING_OPTIONS) options: EventingOptions, engine: Engine) {
    super();
    this.engine = engine;
    this.builder = new RecordBuilder(engine.codec, options.catalogue, options.service);
    this.appender = new LogAppender(engine.client.sibling('commands'));
    this.failpoint = options.failpoint ?? (async () => undefined);
  }

  override async publish(command: Message, options: PublishOptions): Promise<LogPosition> {
    await this.within(this.engine.ready(), 'refused');
    const { id, correlationId = id, requestHash, traceparent } = options;
    const record = this.builder.record(command, {
      id,
      time: Date.now(),
      correlationId,
      ...(requestHash !== undefined && { requestHash }),
      ...(traceparent !== undefined && { traceparent }),
    });
    await this.failpoint('before-publish');
    const offset = await this.within(this.appender.append(record), 'unknown');
    await this.failpoint('after-publish');
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
