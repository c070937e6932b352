import { Injectable } from '@nestjs/common';
import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import type { TopicPartition } from '../log/log.ts';
import { type Correlated, correlatedRecords, type Correlation } from '../serde/correlated-records.ts';
import { messagesAt } from '../serde/messages-at.ts';
import type { Placed } from '../serde/received-records.ts';
import { Engine } from './engine.ts';
import { PastRecords } from './ports.ts';

/** Milliseconds that a look into the past may take. */
const LOOK_MS = 10_000;

@Injectable()
export class KafkaPastRecords extends PastRecords {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  override messagesAt(at: TopicPartition, offsets: readonly bigint[]): AsyncIterable<readonly Placed[]> {
    const { client, codec } = this.engine;
    return messagesAt(new KafkaLog(client), codec, at, offsets, AbortSignal.timeout(LOOK_MS));
  }

  override correlated(at: TopicPartition, correlation: Correlation): Promise<Correlated> {
    const log = new KafkaLog(this.engine.client);
    return correlatedRecords(log, at, correlation, AbortSignal.timeout(LOOK_MS));
  }
}
