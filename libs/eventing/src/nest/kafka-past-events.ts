import { Injectable } from '@nestjs/common';
import { KafkaLog } from '../kafka/reading/kafka-log.ts';
import type { TopicPartition } from '../log/log.ts';
import { messagesAt } from '../serde/messages-at.ts';
import type { Placed } from '../serde/received-records.ts';
import { Engine } from './engine.ts';
import { PastEvents } from './ports.ts';

/** Milliseconds that a look into the past may take. */
const LOOK_MS = 10_000;

@Injectable()
export class KafkaPastEvents extends PastEvents {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  override at(at: TopicPartition, offsets: readonly bigint[]): AsyncIterable<readonly Placed[]> {
    const { client, codec } = this.engine;
    return messagesAt(new KafkaLog(client), codec, at, offsets, AbortSignal.timeout(LOOK_MS));
  }
}
